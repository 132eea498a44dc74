// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Realtime
import Testing
import WebSocketProtocol

/// A connection that keeps what it is sent.
final class RecordingPort: OutboundPort {
    let number: UInt64 = 41
    let eventLoop: any EventLoop
    private(set) var sends: [ByteBuffer] = []
    private(set) var closes: [(code: CloseCode, reason: String)] = []
    private(set) var receiving: [Bool] = []
    /// Called by `setReceiving(true)`, as a port does that has messages waiting.
    var onResume: (() -> Void)?
    /// Called when the connection is closed, to do what a port should not do.
    var afterClose: (() -> Void)?

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func send(_ frames: ByteBuffer) { if self.closes.isEmpty { self.sends.append(frames) } }

    func close(_ code: CloseCode, reason: String) {
        guard self.closes.isEmpty else { return }
        self.closes.append((code, reason))
        self.afterClose?()
    }

    func setReceiving(_ isReceiving: Bool) {
        self.receiving.append(isReceiving)
        if isReceiving { self.onResume?() }
    }

    func ping(timeout: TimeAmount) {}

    /// The payloads of all frames, each of which must be one whole text frame.
    var texts: [String] {
        var texts: [String] = []
        for var buffer in self.sends {
            while buffer.readableBytes > 0 {
                guard let header = buffer.withUnsafeReadableBytes({ FrameHeader($0) }), header.isFinal,
                    header.opcode == Opcode.text.rawValue, header.maskingKey == nil, header.reservedBits == 0
                else {
                    Issue.record("no text frame: \(buffer)")
                    return texts
                }
                let text = Int(header.payloadByteCount)
                buffer.moveReaderIndex(forwardBy: header.byteCount)
                texts.append(buffer.readString(length: text) ?? "cut off")
            }
        }
        return texts
    }

    func forget() { self.sends = [] }
}
