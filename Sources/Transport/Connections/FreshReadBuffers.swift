// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Lets a connection that speaks HTTP read into a new buffer each time.
///
/// The decoder may keep what it was given, so the loop's buffer is not for it; and a buffer of the channel's own would stay with it
/// while nothing comes, which is most of a connection's life. For a channel that has read before with `SharedReadBuffers`, since NIO
/// keeps the first buffer. Reads grow while they fill their buffers, as those of a large body do, and shrink only when they fill little
/// of them: requests that come together have to be read together, for what they publish leaves together.
struct FreshReadBuffers: RecvByteBufferAllocator {
    private static let leastByteCount = 2048
    private static let mostByteCount = 65_536

    private var byteCount = Self.leastByteCount

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: self.byteCount) }

    /// No size: NIO asks for a buffer each time.
    func nextBufferSize() -> Int? { nil }

    mutating func record(actualReadBytes: Int) -> Bool {
        if actualReadBytes >= self.byteCount {
            self.byteCount = min(2 * self.byteCount, Self.mostByteCount)
        } else if actualReadBytes < self.byteCount / 8 {
            self.byteCount = max(self.byteCount / 2, Self.leastByteCount)
        }
        return true
    }
}
