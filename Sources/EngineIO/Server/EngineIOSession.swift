// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import WebSocketProtocol

/// One client of an ``EngineIOServer``, whatever it is connected by. Every member may be used from any thread.
public final class EngineIOSession: Sendable {
    typealias OnMessage = @Sendable (EngineIOMessage) -> Void
    typealias OnClose = @Sendable (EngineCloseReason) -> Void

    /// The session's `sid`: a secret between the client and the server. It belongs in no log.
    public let id: String

    /// The path and query that the session began with, as they were sent. They may hold a secret of the application's.
    public let target: String

    /// The client's address, without its port.
    public let remoteAddress: String

    private let eventLoop: any EventLoop
    private let port: NIOLoopBound<any EnginePort>
    private let onMessage: NIOLoopBoundBox<OnMessage?>
    private let onClose: NIOLoopBoundBox<OnClose?>

    /// On the port's loop.
    init(_ port: any EnginePort) {
        self.id = port.id
        let handshake = port.handshake
        self.target = handshake.query.raw.isEmpty ? handshake.path : "\(handshake.path)?\(handshake.query.raw)"
        self.remoteAddress = handshake.remoteAddress
        self.eventLoop = port.eventLoop
        self.port = NIOLoopBound(port, eventLoop: port.eventLoop)
        self.onMessage = NIOLoopBoundBox(nil, eventLoop: port.eventLoop)
        self.onClose = NIOLoopBoundBox(nil, eventLoop: port.eventLoop)
    }

    /// Says what is done with messages. Those that came before are lost, so it is said in ``EngineIOServer/onConnection(_:)``.
    public func onMessage(_ body: @escaping @Sendable (EngineIOMessage) -> Void) {
        self.onLoop { $0.onMessage.value = body }
    }

    /// Says what is done when the session has ended. Called once, with the reason.
    public func onClose(_ body: @escaping @Sendable (EngineCloseReason) -> Void) {
        self.onLoop { $0.onClose.value = body }
    }

    /// Sends a text. Nothing happens after the session has ended.
    public func send(_ text: String) {
        self.onLoop { session in
            var payload = "4"
            payload += text
            session.port.value.send(EngineFrames.text(payload))
        }
    }

    /// Sends bytes. Nothing happens after the session has ended.
    public func send(_ bytes: [UInt8]) {
        self.onLoop { session in
            var frame = ByteBuffer()
            bytes.withUnsafeBytes { WebSocketFrame.append(.binary, $0, to: &frame) }
            session.port.value.send(frame)
        }
    }

    /// Sends a message as it is.
    public func send(_ message: EngineIOMessage) {
        switch message {
        case .text(let text): self.send(text)
        case .binary(let bytes): self.send(bytes)
        }
    }

    /// Ends the session behind what was sent, with ``EngineCloseReason/forcedClose``.
    public func close() { self.onLoop { $0.port.value.close(.forcedClose, code: nil) } }

    private func onLoop(_ body: @escaping @Sendable (EngineIOSession) -> Void) {
        if self.eventLoop.inEventLoop { body(self) } else { self.eventLoop.execute { body(self) } }
    }

    // MARK: - From the session, on its loop

    func received(_ message: EngineIOMessage) { self.onMessage.value?(message) }

    func closed(_ reason: EngineCloseReason) {
        let onClose = self.onClose.value
        self.onMessage.value = nil
        self.onClose.value = nil
        onClose?(reason)
    }
}
