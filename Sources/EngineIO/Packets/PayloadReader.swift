// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Cuts the body of a POST into packets, one at a time, so that it can stop between two.
struct PayloadReader {
    private var rest: ByteBuffer
    private(set) var isAtEnd = false

    /// - Parameter payload: an empty one has one packet, which is empty.
    init(_ payload: ByteBuffer) { self.rest = payload }

    /// The next packet's bytes, which may be none; nil behind the last one.
    mutating func next() -> ByteBuffer? {
        guard !self.isAtEnd else { return nil }
        let length = self.rest.readableBytesView.firstIndex(of: EngineFrames.separator)
            .map { $0 - self.rest.readerIndex }
        guard let length, let packet = self.rest.readSlice(length: length) else {
            self.isAtEnd = true
            return self.rest
        }
        self.rest.moveReaderIndex(forwardBy: 1)
        return packet
    }
}
