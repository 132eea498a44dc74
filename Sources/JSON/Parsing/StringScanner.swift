// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds a string's end and checks what is in between: escapes, no control characters, valid UTF-8.
struct StringScanner {
    private let text: UnsafeBufferPointer<UInt8>
    /// Before ``scan()``, the byte after the opening quote; afterwards, the byte after the closing one.
    private(set) var position: Int

    init(text: UnsafeBufferPointer<UInt8>, position: Int) {
        self.text = text
        self.position = position
    }

    /// - Returns: `true` when the string has no escapes.
    mutating func scan() throws(JSONParseError) -> Bool {
        var isPlain = true
        while true {
            self.skipOrdinaryBytes()
            guard self.position < self.text.count else {
                throw JSONParseError(reason: "expected '\"', the text ends", offset: self.position)
            }
            switch self.text[self.position] {
            case UInt8(ascii: "\""):
                self.position += 1
                return isPlain
            case UInt8(ascii: "\\"):
                isPlain = false
                try self.skipEscape()
            case ..<0x20:
                throw JSONParseError(reason: "a control character in a string must be escaped", offset: self.position)
            case 0x80...:
                let length = UTF8Sequence.length(in: self.text, at: self.position)
                guard length > 0 else {
                    throw JSONParseError(reason: "invalid UTF-8", offset: self.position)
                }
                self.position += length
            default:
                self.position += 1
            }
        }
    }

    /// Steps over printable ASCII, eight bytes at a time.
    ///
    /// Bytewise the scan took a third of the parse of a chat message. The subtractions can borrow into a
    /// higher byte and mark it wrongly, never into a lower one, so the lowest mark is always true.
    private mutating func skipOrdinaryBytes() {
        guard let base = self.text.baseAddress else { return }
        let ones: UInt64 = 0x0101_0101_0101_0101
        while self.position + 8 <= self.text.count {
            let word = UInt64(
                littleEndian: UnsafeRawPointer(base + self.position).loadUnaligned(as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let marks =
                word | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                | ((word &- ones &* 0x20) & ~word)
            let special = marks & (ones &* 0x80)
            if special != 0 {
                self.position += special.trailingZeroBitCount >> 3
                return
            }
            self.position += 8
        }
    }

    private mutating func skipEscape() throws(JSONParseError) {
        let start = self.position
        guard start + 1 < self.text.count else {
            throw JSONParseError(reason: "expected an escape, the text ends", offset: self.text.count)
        }
        switch self.text[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            self.position += 2
        case UInt8(ascii: "u"):
            guard start + 6 <= self.text.count, StringEscapes.codeUnit(in: self.text, at: start + 2) != nil else {
                throw JSONParseError(reason: "expected four hex digits after '\\u'", offset: start + 2)
            }
            self.position += 6
        default:
            throw JSONParseError(reason: "unknown escape", offset: start)
        }
    }
}
