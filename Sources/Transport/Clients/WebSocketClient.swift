// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import NIOCore
import WebSocketProtocol

/// An open connection to a WebSocket server, usable from any thread.
///
/// The session given to `WebSocketDialer.connect` gets what the server sends, on the connection's loop; code that runs
/// there may send through the session's port, with frames it masks itself, without the hop these functions make.
package struct WebSocketClient: Sendable {
    package let eventLoop: any EventLoop
    private let connection: NIOLoopBound<WebSocketConnection>

    init(_ connection: WebSocketConnection) {
        self.eventLoop = connection.eventLoop
        self.connection = NIOLoopBound(connection, eventLoop: connection.eventLoop)
    }

    /// Sends a text message. Nothing happens after the connection has ended.
    package func send(text: String) { self.onLoop { $0.send(Self.frame(text: text)) } }

    /// Sends a binary message. Nothing happens after the connection has ended.
    package func send(binary: ByteBuffer) {
        self.onLoop { connection in
            var frame = ByteBuffer()
            binary.withUnsafeReadableBytes {
                WebSocketFrame.append(.binary, $0, maskingKey: Self.makeKey(), to: &frame)
            }
            connection.send(frame)
        }
    }

    /// Begins the closing handshake; the session's `closed` tells when it is over.
    package func close(_ code: CloseCode = .normal, reason: String = "") {
        self.onLoop { $0.close(code, reason: reason) }
    }

    /// A text message as a client's frame, with a fresh key (RFC 6455 §5.3).
    package static func frame(text: String) -> ByteBuffer {
        var frame = ByteBuffer()
        WebSocketFrame.appendText(text, maskingKey: Self.makeKey(), to: &frame)
        return frame
    }

    private static func makeKey() -> MaskingKey {
        var generator = SystemRandomNumberGenerator()
        return .random(using: &generator)
    }

    private func onLoop(_ body: @escaping @Sendable (WebSocketConnection) -> Void) {
        if self.eventLoop.inEventLoop {
            body(self.connection.value)
        } else {
            self.eventLoop.execute { body(self.connection.value) }
        }
    }
}
