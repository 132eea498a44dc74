// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A document's bytes and entries by address, for code that walks a value often enough that reference
/// counting would show: schema validation and templates.
///
/// Values are named by their index in the tape; index 0 is the whole text's value. Indexes come from
/// the tape itself and are not checked. Valid only inside ``JSONDocument/withTape(_:)``.
// Inlinable into the targets that walk it: checking an order against its schema went from 640 to 520 ns.
@usableFromInline
package struct JSONTape {
    @usableFromInline let bytes: UnsafeBufferPointer<UInt8>
    @usableFromInline let entries: UnsafeBufferPointer<TapeEntry>

    @inlinable package func kind(at index: Int) -> JSONKind { self.entries[index].kind }

    /// Elements of an array, members of an object (repeated names counted each time), 0 otherwise.
    @inlinable package func count(at index: Int) -> Int { self.entries[index].count }

    /// The index after the value and all its children: its next sibling, if it has one.
    @inlinable package func next(after index: Int) -> Int { Int(self.entries[index].next) }

    /// A string without escapes, or a number of digits and sign only.
    @inlinable package func isPlain(at index: Int) -> Bool { self.entries[index].isPlain }

    /// The value as the text has it.
    @inlinable package func raw(at index: Int) -> UnsafeBufferPointer<UInt8> {
        let entry = self.entries[index]
        return UnsafeBufferPointer(rebasing: self.bytes[Int(entry.start)..<Int(entry.end)])
    }

    /// What stands between a string's quotes, escapes not yet decoded.
    @inlinable package func content(at index: Int) -> UnsafeBufferPointer<UInt8> {
        let entry = self.entries[index]
        return UnsafeBufferPointer(rebasing: self.bytes[Int(entry.start) + 1..<Int(entry.end) - 1])
    }

    /// Whether a boolean is `true`.
    package func isTrue(at index: Int) -> Bool {
        let entry = self.entries[index]
        return entry.kind == .bool && self.bytes[Int(entry.start)] == UInt8(ascii: "t")
    }

    /// The number as exact decimal; zero for other kinds.
    package func decimal(at index: Int) -> JSONDecimal {
        self.kind(at: index) == .number
            ? JSONDecimal(self.raw(at: index)) : JSONDecimal(UnsafeBufferPointer(start: nil, count: 0))
    }

    /// A string's content with its escapes decoded, as UTF-8.
    ///
    /// A lone surrogate escape becomes the three bytes UTF-8 would have for it, so that two different ones
    /// stay different.
    package func decodedContent(at index: Int) -> [UInt8] {
        let content = self.content(at: index)
        return self.isPlain(at: index) ? [UInt8](content) : StringEscapes.decode(content, loneSurrogates: .kept)
    }

    /// Whether the string at `index`, escapes decoded, is these bytes of UTF-8.
    package func isString(at index: Int, equalTo expected: UnsafeBufferPointer<UInt8>) -> Bool {
        let content = self.content(at: index)
        guard !self.isPlain(at: index) else { return content.hasSameBytes(as: expected) }
        // An escape is never shorter than what it stands for.
        guard content.count > expected.count else { return false }
        return StringEscapes.decode(content, loneSurrogates: .kept).withUnsafeBufferPointer {
            $0.hasSameBytes(as: expected)
        }
    }

    /// The value of an object's member, or nil. Of a repeated name the last counts, as in JavaScript.
    package func member(of index: Int, named name: UnsafeBufferPointer<UInt8>) -> Int? {
        guard self.kind(at: index) == .object else { return nil }
        let end = self.next(after: index)
        var found: Int?
        var key = index + 1
        while key < end {
            if self.isString(at: key, equalTo: name) { found = key + 1 }
            key = self.next(after: key + 1)
        }
        return found
    }
}

extension UnsafeBufferPointer where Element == UInt8 {
    /// Byte for byte the same.
    @inlinable package func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard self.count == other.count else { return false }
        var position = 0
        while position < self.count {
            guard self[position] == other[position] else { return false }
            position += 1
        }
        return true
    }
}
