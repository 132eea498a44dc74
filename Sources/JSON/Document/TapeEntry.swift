// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One value, or one member's name, as the parser recorded it. 16 bytes.
///
/// Order: entries stand in the order of the text. An array is followed by its elements, an object by
/// name, value, name, value; each child by its own children.
/// Limits: 28 bits of count, so a text is at most ``TapeEntry/maximumTextLength`` bytes.
@usableFromInline
struct TapeEntry: Sendable {
    /// The longest text whose counts and positions fit an entry: 256 MiB less one byte.
    static let maximumTextLength = 1 << 28 - 1

    /// Position of the value's first byte; a string's is its opening quote.
    @usableFromInline var start: UInt32
    /// Position after the value's last byte.
    @usableFromInline var end: UInt32
    /// Index of the entry after this value and all its children. While the parser has not closed a
    /// container, the index of the container around it instead.
    @usableFromInline var next: UInt32
    /// Kind in bits 0-2, `isPlain` in bit 3, number of elements or members above.
    @usableFromInline var tag: UInt32

    init(kind: JSONKind, start: Int, end: Int, next: Int, isPlain: Bool = true) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = UInt32(truncatingIfNeeded: next)
        self.tag = UInt32(kind.rawValue) | (isPlain ? 8 : 0)
    }

    @inlinable var kind: JSONKind { JSONKind(rawValue: UInt8(truncatingIfNeeded: self.tag & 7)) ?? .null }

    /// A string without escapes; a number of digits and sign only. Its raw bytes can be used as they are.
    @inlinable var isPlain: Bool { self.tag & 8 != 0 }

    /// Elements of an array, members of an object (repeated names counted each time), 0 otherwise.
    @inlinable var count: Int { Int(self.tag >> 4) }

    mutating func countChild() {
        self.tag &+= 16
    }
}
