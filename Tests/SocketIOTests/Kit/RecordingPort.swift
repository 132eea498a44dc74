// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import EngineIO
import HTTP
import NIOCore
import NIOEmbedded
import WebSocketProtocol

/// Keeps what would have been sent, readable: texts as they are, attachments as `<0102>`.
final class RecordingPort: EnginePort {
    let id = "engine-sid"
    let number: UInt64 = 1
    let eventLoop: any EventLoop
    let handshake = EngineHandshake(
        path: "/socket.io/", query: QueryString("EIO=4"), headers: HTTPHeaders(), remoteAddress: "127.0.0.1",
        isWebSocket: true)
    var transport = EngineTransport.websocket
    var isReadyNow = true
    var roundTrip: Int64? { nil }

    /// Called with each message, and when the session is closed.
    var onSend: (String) -> Void = { _ in }
    var onClose: (EngineCloseReason) -> Void = { _ in }

    private(set) var sent: [String] = []
    private(set) var sentBuffers: [ByteBuffer] = []
    private(set) var queued: [Queueing] = []
    private(set) var closed: EngineCloseReason?
    private(set) var closeCode: CloseCode?

    init(eventLoop: any EventLoop = EmbeddedEventLoop()) { self.eventLoop = eventLoop }

    func send(_ frames: ByteBuffer) {
        guard self.closed == nil else { return }
        self.sentBuffers.append(frames)
        let messages = Self.messages(in: frames)
        self.sent += messages
        for message in messages { self.onSend(message) }
    }

    func send(_ frames: ByteBuffer, queueing: Queueing) {
        self.queued.append(queueing)
        self.send(frames)
    }

    func setReceiving(_ isReceiving: Bool) {}

    func close(_ reason: EngineCloseReason, code: CloseCode?) {
        guard self.closed == nil else { return }
        self.closed = reason
        self.closeCode = code
        self.onClose(reason)
    }

    /// What was sent since the last call.
    func takeSent() -> [String] {
        defer { self.sent = [] }
        return self.sent
    }

    static func messages(in frames: ByteBuffer) -> [String] {
        var messages: [String] = []
        var rest = ArraySlice(frames.readableBytesView)
        while let header = rest.withUnsafeBytes({ FrameHeader($0) }) {
            let payload = rest.dropFirst(header.byteCount).prefix(Int(header.payloadByteCount))
            rest = rest.dropFirst(header.byteCount + payload.count)
            messages.append(
                header.opcode == Opcode.text.rawValue
                    ? String(decoding: payload, as: UTF8.self)
                    : "<" + payload.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + ">")
        }
        return messages
    }
}
