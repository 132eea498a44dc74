// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Glibc
import NIOCore
import WebSocketProtocol

/// What one connection has to send and the kernel did not take. Empty, and without memory, for most connections.
///
/// At most one chunk at a time is with NIO, which waits for the socket; all that comes later waits here, copied,
/// so that a slow reader pins no buffer shared with others. When the chunk is out, waiting bytes are offered to
/// the kernel directly and the next chunk is cut. Chunks end where a frame ends: what waits always begins with a
/// whole frame, and can be replaced by a close frame at any time.
///
/// Frames sent with `Queueing` may be left out while they wait here: one of the same channel and key makes way for a newer
/// one, and the oldest are dropped when the limit would be passed. What NIO or the kernel has of a frame is never touched.
struct OutboundQueue {
    /// What is handed to NIO at once, unless a single frame is longer.
    private static let chunkByteCount = 64 * 1024

    /// Gaps are closed when they are this much, and this part of what waits: each byte left out then costs eight moved at most.
    private static let leastGapByteCount = 4096
    private static let gapDivisor = 8

    /// Bytes with NIO.
    private(set) var inFlightByteCount = 0
    private var waiting = ByteBuffer()
    /// Which of them may be left out; nil: none, as for most slow clients.
    private var droppable: DroppableFrames?

    /// Bytes that are not known to be with the kernel, with what is remembered of droppable frames.
    var byteCount: Int {
        self.inFlightByteCount + self.waitingByteCount + (self.droppable?.overheadByteCount ?? 0)
    }

    private var waitingByteCount: Int { self.waiting.readableBytes - (self.droppable?.gapByteCount ?? 0) }

    /// Whether something is with NIO. As long as it is, everything must go through the queue, or frames would overtake.
    var isBlocked: Bool { self.inFlightByteCount > 0 }

    /// Adds whole frames behind the others, whatever waits.
    mutating func append(_ frames: ByteBuffer) { self.waiting.writeImmutableBuffer(frames) }

    /// Adds whole frames behind the others, if that is possible within `limit`, for which the oldest droppable ones are dropped.
    ///
    /// - Returns: false when there is not enough to drop; then nothing is added.
    mutating func append(_ frames: ByteBuffer, limit: Int) -> Bool {
        guard self.makeRoom(for: frames.readableBytes, limit: limit) else { return false }
        self.append(frames)
        return true
    }

    /// The same for frames that may be left out from now on, one after the other. Where nothing else waits, one of them has room:
    /// a client of such frames alone is not given up.
    mutating func append(_ frames: ByteBuffer, queueing: Queueing, limit: Int) -> Bool {
        let droppable = self.droppable ?? DroppableFrames()
        self.droppable = droppable
        var rest = frames
        for frame in queueing.frames {
            guard let bytes = rest.readSlice(length: frame.byteCount) else { break }
            guard self.makeRoom(for: frame.byteCount, limit: limit) || self.waitingByteCount == 0 else { return false }
            droppable.append(
                at: self.waiting.readableBytes, byteCount: frame.byteCount,
                key: frame.key.map { Self.key($0, of: queueing.channel) })
            self.append(bytes)
            self.closeLargeGaps()
        }
        return rest.readableBytes == 0 || self.append(rest, limit: limit)
    }

    private static func key(_ key: UInt64, of channel: UInt64) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(channel)
        hasher.combine(key)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    private mutating func makeRoom(for byteCount: Int, limit: Int) -> Bool {
        while self.byteCount + byteCount > limit {
            guard let droppable = self.droppable, droppable.dropOldest() else { return false }
            self.closeLargeGaps()
        }
        return true
    }

    /// What was left out and not taken yet.
    var leftOut: DroppableFrames.LeftOut { self.droppable?.leftOut ?? DroppableFrames.LeftOut() }

    /// Returns `leftOut`, and begins to count anew.
    mutating func takeLeftOut() -> DroppableFrames.LeftOut {
        let leftOut = self.leftOut
        self.droppable?.forgetLeftOut()
        if self.waiting.readableBytes == 0 { self.droppable = nil }
        return leftOut
    }

    /// Drops all frames of which nothing has been handed on.
    mutating func dropWaiting() {
        self.waiting = ByteBuffer()
        self.droppable?.clear()
    }

    private mutating func closeLargeGaps() {
        guard let gaps = self.droppable?.gapByteCount,
            gaps >= Self.leastGapByteCount, gaps >= self.waiting.readableBytes / Self.gapDivisor
        else { return }
        self.closeGaps()
    }

    private mutating func closeGaps() {
        guard let droppable = self.droppable, droppable.gapByteCount > 0 else { return }
        let count = self.waiting.readableBytes - droppable.gapByteCount
        self.waiting.withUnsafeMutableReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            // Up to `written` all is done; what lies from `read` on is still to be moved there.
            var (written, read) = (0, 0)
            droppable.closeGaps { start, byteCount in
                memmove(base + written, base + read, start - read)
                written += start - read
                read = start + byteCount
            }
            memmove(base + written, base + read, bytes.count - read)
        }
        self.waiting.moveWriterIndex(to: self.waiting.readerIndex + count)
    }

    /// A chunk of `byteCount` bytes, ending with a frame, was handed to NIO. There was none before.
    mutating func handedOver(_ byteCount: Int) { self.inFlightByteCount = byteCount }

    /// The chunk is with the kernel. Offers what waits to `send`, which returns how much was taken, and returns
    /// the next chunk for NIO; nil: everything is out.
    mutating func chunkWritten(_ send: (UnsafeRawBufferPointer) -> Int) -> ByteBuffer? {
        self.inFlightByteCount = 0
        self.closeGaps()
        guard self.waiting.readableBytes > 0 else {
            self.dropWaiting()
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
        self.droppable?.passed(max(taken, end))
        if self.waiting.readableBytes == 0 {
            self.dropWaiting()
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
