// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import WebSocketProtocol

/// A WebSocket of a client that cannot take binary frames (`b64=1`): they become text.
final class Base64Socket: EngineSocket {
    private let socket: any EngineSocket

    init(_ socket: any EngineSocket) { self.socket = socket }

    var isReadyNow: Bool { self.socket.isReadyNow }

    var endReason: EngineCloseReason { self.socket.endReason }

    func send(_ frames: ByteBuffer) { self.socket.send(Self.texts(frames)) }

    /// Frames change their sizes, so that none of them is left out.
    func send(_ frames: ByteBuffer, queueing: Queueing) { self.send(frames) }

    func setReceiving(_ isReceiving: Bool) { self.socket.setReceiving(isReceiving) }

    func finish(_ code: CloseCode?, reason: String) { self.socket.finish(code, reason: reason) }

    private static func texts(_ frames: ByteBuffer) -> ByteBuffer {
        var (rest, texts) = (frames, ByteBuffer())
        while let (header, payload) = PayloadWriter.readFrame(&rest) {
            guard header.opcode == Opcode.binary.rawValue else {
                WebSocketFrame.appendText(payload, to: &texts)
                continue
            }
            var text = ByteBuffer()
            text.writeInteger(UInt8(ascii: "b"))
            payload.withUnsafeReadableBytes { Base64Text.append($0, to: &text) }
            WebSocketFrame.appendText(text, to: &texts)
        }
        return texts
    }
}
