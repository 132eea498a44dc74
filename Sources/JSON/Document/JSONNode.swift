// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One value of a document. A reference: copying it copies no text, and it keeps the document alive.
///
/// Reading a value as a kind it is not gives nil, never a conversion.
package struct JSONNode: Sendable {
    package let document: JSONDocument
    /// Position in the document's tape; 0 is the whole text's value.
    package let index: Int

    /// The value at an index taken from this document's tape.
    package init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    private var entry: TapeEntry { self.document.tape[self.index] }

    package var kind: JSONKind { self.entry.kind }

    package var isNull: Bool { self.kind == .null }

    /// Elements of an array, members of an object (repeated names counted each time), 0 otherwise.
    package var count: Int { self.entry.count }

    // MARK: Raw form

    /// Where the value stands in the document's bytes.
    package var rawRange: Range<Int> { Int(self.entry.start)..<Int(self.entry.end) }

    /// The value as the text has it, whitespace inside included. Shares the document's storage.
    package var rawBytes: ArraySlice<UInt8> { self.document.bytes[self.rawRange] }

    /// The value as the text has it. The bytes are only valid during the call.
    package func withRaw<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let range = self.rawRange
        return try self.document.bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[range])))
        }
    }

    // MARK: Scalars

    package var bool: Bool? {
        guard self.kind == .bool else { return nil }
        return self.document.bytes[Int(self.entry.start)] == UInt8(ascii: "t")
    }

    /// The string, escapes decoded. Lone surrogate escapes, which JavaScript can send and Swift cannot
    /// hold, become U+FFFD.
    package var string: String? {
        guard self.kind == .string else { return nil }
        return self.document.withTape { tape in
            let content = tape.content(at: self.index)
            guard !tape.isPlain(at: self.index) else { return String(decoding: content, as: UTF8.self) }
            return String(decoding: StringEscapes.decode(content, loneSurrogates: .replaced), as: UTF8.self)
        }
    }

    /// Whether this is the string `expected`, byte for byte; no Unicode normalization. Allocates nothing
    /// unless the text has escapes.
    package func isString(equalTo expected: String) -> Bool {
        guard self.kind == .string else { return false }
        return self.document.withTape { tape in
            expected.withUTF8Bytes { tape.isString(at: self.index, equalTo: $0) }
        }
    }

    /// The number when it is a whole one that fits: also for `1.0` and `1e3`.
    package var int: Int? {
        guard self.kind == .number else { return nil }
        return self.document.withTape { $0.decimal(at: self.index).int }
    }

    /// The nearest binary number, as JavaScript reads it; nil when that would be infinite.
    package var double: Double? {
        guard let text = self.numberText, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The number as the text has it.
    package var numberText: String? {
        guard self.kind == .number else { return nil }
        return String(decoding: self.rawBytes, as: UTF8.self)
    }

    // MARK: Comparing

    /// Whether both are the same JSON value: numbers by their exact value (`1.0` is `1`), strings after
    /// decoding, objects without regard to order, the last of repeated names counting.
    package func isSameValue(as other: JSONNode) -> Bool {
        self.document.withTape { tape in
            other.document.withTape { tape.isSameValue(self.index, as: other.index, in: $0) }
        }
    }
}

extension String {
    /// Runs `body` with the string's UTF-8, without a copy for native strings.
    func withUTF8Bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = self.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(self.utf8).withUnsafeBufferPointer(body)
    }
}
