// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Lets all WebSocket connections of a loop read into one large buffer.
///
/// NIO keeps the first buffer it reads into with the channel, for as long as that is open. So the first is tiny,
/// and every later one is the loop's (`nextBufferSize` nil and `record` true make NIO ask each time). A connection
/// holds 32 bytes instead of NIO's 2,048, and a read takes up to 64 KiB at once. Needs `maxMessagesPerRead` 1.
struct SharedReadBuffers: RecvByteBufferAllocator {
    private static let firstByteCount = 32

    private let loop: NIOLoopBoundBox<ConnectionLoop>
    private var hasRead: Bool

    /// - Parameter hasRead: the channel has read before, with another allocator.
    init(_ loop: NIOLoopBoundBox<ConnectionLoop>, hasRead: Bool = false) {
        self.loop = loop
        self.hasRead = hasRead
    }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        guard self.hasRead else { return allocator.buffer(capacity: Self.firstByteCount) }
        return self.loop.value.takeReadBuffer(allocator)
    }

    func nextBufferSize() -> Int? { nil }

    mutating func record(actualReadBytes: Int) -> Bool {
        self.hasRead = true
        return true
    }
}
