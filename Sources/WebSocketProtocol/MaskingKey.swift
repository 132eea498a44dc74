// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The four bytes that every payload byte of a client's frame is combined with (RFC 6455 §5.3).
package struct MaskingKey: Hashable, Sendable {
    /// Byte `i` of the key, in wire order, is bits `8 * i ..< 8 * i + 8`.
    package let word: UInt32

    package init(word: UInt32) { self.word = word }

    /// A key from `generator`. RFC 6455 §5.3 asks for one that an application cannot foresee.
    package static func random(using generator: inout some RandomNumberGenerator) -> Self {
        Self(word: UInt32.random(in: 0...UInt32.max, using: &generator))
    }

    /// The key for the bytes that follow the first `count` bytes of a payload.
    package func advanced(by count: Int) -> Self {
        let shift = UInt32(truncatingIfNeeded: count & 3) &* 8
        guard shift != 0 else { return self }
        return Self(word: (self.word &>> shift) | (self.word &<< (32 &- shift)))
    }

    /// Masks `bytes`, or takes the mask off: it is the same operation. The first byte meets the key's first.
    package func apply(to bytes: UnsafeMutableRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        let count = bytes.count
        let wide = (UInt64(self.word) | (UInt64(self.word) << 32)).littleEndian
        var offset = 0
        // Eight bytes a step: the compiler turns this loop into vector instructions in a release build.
        while offset &+ 8 <= count {
            let value = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            base.storeBytes(of: value ^ wide, toByteOffset: offset, as: UInt64.self)
            offset &+= 8
        }
        // Eight is a multiple of the key's length, so the rest begins with the key's first byte again.
        var shift: UInt32 = 0
        while offset < count {
            let value = base.load(fromByteOffset: offset, as: UInt8.self)
            base.storeBytes(
                of: value ^ UInt8(truncatingIfNeeded: self.word &>> shift), toByteOffset: offset, as: UInt8.self)
            shift = (shift &+ 8) & 31
            offset &+= 1
        }
    }
}
