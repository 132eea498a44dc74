// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import EngineIO
import HTTP
import NIOCore
import WebSocketProtocol

/// A session of Engine.IO that keeps what it is sent, readable.
final class RecordingEngine: EnginePort {
    let id = "engine-sid"
    let number: UInt64 = 41
    let eventLoop: any EventLoop
    let handshake = EngineHandshake(
        path: "/socket.io/", query: QueryString("EIO=4"), headers: HTTPHeaders(), remoteAddress: "192.0.2.1",
        isWebSocket: true)
    let transport: EngineTransport
    var isReadyNow: Bool { true }
    var roundTrip: Int64? { nil }

    private(set) var sent: [String] = []
    private(set) var receiving: [Bool] = []
    private(set) var closed: (reason: EngineCloseReason, code: CloseCode?)?

    init(_ eventLoop: any EventLoop, transport: EngineTransport) {
        self.eventLoop = eventLoop
        self.transport = transport
    }

    func send(_ frames: ByteBuffer) { if self.closed == nil { self.sent += Self.texts(in: frames) } }

    func send(_ frames: ByteBuffer, queueing: Queueing) { self.send(frames) }

    func setReceiving(_ isReceiving: Bool) { self.receiving.append(isReceiving) }

    func close(_ reason: EngineCloseReason, code: CloseCode?) {
        if self.closed == nil { self.closed = (reason, code) }
    }

    /// What was sent since the last call.
    func takeSent() -> [String] {
        defer { self.sent = [] }
        return self.sent
    }

    /// The payloads of whole text frames.
    static func texts(in frames: ByteBuffer) -> [String] {
        var (texts, rest): ([String], ByteBuffer) = ([], frames)
        while let header = rest.withUnsafeReadableBytes({ FrameHeader($0) }) {
            rest.moveReaderIndex(forwardBy: header.byteCount)
            texts.append(rest.readString(length: Int(header.payloadByteCount)) ?? "cut off")
        }
        return texts
    }
}
