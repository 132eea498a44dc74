// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The shapes a multi-byte UTF-8 sequence may have (RFC 3629 §4).
enum UTF8Sequence {
    /// The length of the well-formed sequence of two to four bytes that starts at `position`, or 0.
    ///
    /// Overlong forms, surrogates, and scalars over U+10FFFF are not well-formed.
    static func length(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
        let second: ClosedRange<UInt8>
        let length: Int
        switch text[position] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard position + length <= text.count, second.contains(text[position + 1]) else { return 0 }
        for offset in 2..<max(length, 2) where text[position + offset] & 0xC0 != 0x80 {
            return 0
        }
        return length
    }
}
