// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import WebSocketProtocol

/// Turns WebSocket frames into the body of a poll's answer.
struct PayloadWriter {
    /// What python-engineio takes; a body with more makes it disconnect.
    private static let maximumPacketCount = 16

    private(set) var payload = ByteBuffer()
    private(set) var packetCount = 0

    var isFull: Bool { self.packetCount >= Self.maximumPacketCount }

    /// Moves frames from the start of `frames`, which are whole, until none is left or the payload is full.
    mutating func take(_ frames: inout ByteBuffer) {
        while !self.isFull, let (header, payload) = Self.readFrame(&frames) {
            if self.packetCount > 0 { self.payload.writeInteger(EngineFrames.separator) }
            self.packetCount += 1
            guard header.opcode == Opcode.binary.rawValue else {
                self.payload.writeImmutableBuffer(payload)
                continue
            }
            self.payload.writeInteger(UInt8(ascii: "b"))
            payload.withUnsafeReadableBytes { Base64Text.append($0, to: &self.payload) }
        }
    }

    /// The first frame; nil when there is none.
    static func readFrame(_ frames: inout ByteBuffer) -> (header: FrameHeader, payload: ByteBuffer)? {
        guard let header = frames.withUnsafeReadableBytes({ FrameHeader($0) }),
            let count = Int(exactly: header.payloadByteCount),
            frames.readableBytes - header.byteCount >= count
        else {
            frames.clear()
            return nil
        }
        frames.moveReaderIndex(forwardBy: header.byteCount)
        return frames.readSlice(length: count).map { (header: header, payload: $0) }
    }
}
