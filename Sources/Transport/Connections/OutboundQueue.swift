// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import WebSocketProtocol

/// What one connection has to send and the kernel did not take. Empty, and without memory, for most connections.
///
/// At most one chunk at a time is with NIO, which waits for the socket; all that comes later waits here, copied,
/// so that a slow reader pins no buffer shared with others. When the chunk is out, waiting bytes are offered to
/// the kernel directly and the next chunk is cut. Chunks end where a frame ends: what waits always begins with a
/// whole frame, and can be replaced by a close frame at any time.
struct OutboundQueue {
    /// What is handed to NIO at once, unless a single frame is longer.
    private static let chunkByteCount = 64 * 1024

    /// Bytes with NIO.
    private(set) var inFlightByteCount = 0
    private var waiting = ByteBuffer()

    /// Bytes that are not known to be with the kernel.
    var byteCount: Int { self.inFlightByteCount + self.waiting.readableBytes }

    /// Whether something is with NIO. As long as it is, everything must go through the queue, or frames would overtake.
    var isBlocked: Bool { self.inFlightByteCount > 0 }

    /// Adds whole frames behind the others.
    mutating func append(_ frames: ByteBuffer) { self.waiting.writeImmutableBuffer(frames) }

    /// Drops all frames of which nothing has been handed on.
    mutating func dropWaiting() { self.waiting = ByteBuffer() }

    /// A chunk of `byteCount` bytes, ending with a frame, was handed to NIO. There was none before.
    mutating func handedOver(_ byteCount: Int) { self.inFlightByteCount = byteCount }

    /// The chunk is with the kernel. Offers what waits to `send`, which returns how much was taken, and returns
    /// the next chunk for NIO; nil: everything is out.
    mutating func chunkWritten(_ send: (UnsafeRawBufferPointer) -> Int) -> ByteBuffer? {
        self.inFlightByteCount = 0
        guard self.waiting.readableBytes > 0 else {
            self.waiting = ByteBuffer()
            return nil
        }
        let taken = self.waiting.withUnsafeReadableBytes(send)
        let end = self.waiting.withUnsafeReadableBytes { bytes in
            Self.frameEnd(in: bytes, atOrAfter: taken, orAfter: min(taken + Self.chunkByteCount, bytes.count))
        }
        let chunk = self.waiting.getSlice(
            at: self.waiting.readerIndex + taken, length: max(0, end - taken))
        // A copy of exactly these bytes: a slice would make the next append copy everything that waits.
        let copy = chunk.map { ByteBuffer(bytes: $0.readableBytesView) } ?? ByteBuffer()
        self.waiting.moveReaderIndex(forwardBy: max(taken, end))
        if self.waiting.readableBytes == 0 {
            self.waiting = ByteBuffer()
        } else if self.waiting.readerIndex > self.waiting.readableBytes {
            self.waiting.discardReadBytes()
        }
        guard copy.readableBytes > 0 else { return nil }
        self.inFlightByteCount = copy.readableBytes
        return copy
    }

    /// The end of the last frame that ends at or before `limit`, or, if that is before `start`, of the frame
    /// that `start` lies in. `bytes` begin with a frame; where they are no frames, their end.
    private static func frameEnd(
        in bytes: UnsafeRawBufferPointer, atOrAfter start: Int, orAfter limit: Int
    ) -> Int {
        var end = 0
        while end < bytes.count {
            guard let header = FrameHeader(UnsafeRawBufferPointer(rebasing: bytes[end...])) else { return bytes.count }
            let payload = Int(clamping: header.payloadByteCount)
            let (next, overflow) = end.addingReportingOverflow(header.byteCount + min(payload, bytes.count))
            guard !overflow, next <= bytes.count else { return bytes.count }
            if next > limit, end > start { return end }
            end = next
        }
        return end
    }
}
