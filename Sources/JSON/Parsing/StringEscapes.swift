// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// JSON's string escapes (RFC 8259 §7), decoded.
enum StringEscapes {
    /// What becomes of an escape such as `\ud800` that has no other half.
    enum LoneSurrogates {
        /// U+FFFD, for text.
        case replaced
        /// The bytes UTF-8 would have for it, for comparing.
        case kept
    }

    /// The content of a string that the parser has accepted, as UTF-8.
    static func decode(_ content: UnsafeBufferPointer<UInt8>, loneSurrogates: LoneSurrogates) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(content.count)
        var position = 0
        while position < content.count {
            guard content[position] == UInt8(ascii: "\\"), position + 1 < content.count else {
                decoded.append(content[position])
                position += 1
                continue
            }
            guard content[position + 1] == UInt8(ascii: "u") else {
                decoded.append(Self.byte(escapedAs: content[position + 1]))
                position += 2
                continue
            }
            let (scalar, length) = Self.scalar(in: content, at: position)
            let isLone = 0xD800...0xDFFF ~= scalar
            Self.append(isLone && loneSurrogates == .replaced ? 0xFFFD : scalar, to: &decoded)
            position += length
        }
        return decoded
    }

    /// How many code points the content stands for; a lone surrogate counts as one.
    static func scalarCount(of content: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        var position = 0
        while position < content.count {
            let byte = content[position]
            if byte == UInt8(ascii: "\\"), position + 1 < content.count {
                position +=
                    content[position + 1] == UInt8(ascii: "u") ? Self.scalar(in: content, at: position).length : 2
                count += 1
            } else {
                if byte & 0xC0 != 0x80 { count += 1 }
                position += 1
            }
        }
        return count
    }

    /// The four hex digits at `position`, or nil.
    static func codeUnit(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> UInt32? {
        guard position + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            let byte = text[position + offset]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// The `\uXXXX` at `position`, joined with a following low surrogate where both make a pair.
    private static func scalar(
        in content: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> (value: UInt32, length: Int) {
        guard let unit = Self.codeUnit(in: content, at: position + 2) else { return (0xFFFD, 2) }
        guard 0xD800...0xDBFF ~= unit, position + 12 <= content.count,
            content[position + 6] == UInt8(ascii: "\\"), content[position + 7] == UInt8(ascii: "u"),
            let low = Self.codeUnit(in: content, at: position + 8), 0xDC00...0xDFFF ~= low
        else { return (unit, 6) }
        return (0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), 12)
    }

    private static func byte(escapedAs letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    private static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        func continuation(_ shift: UInt32) -> UInt8 { UInt8(scalar >> shift & 0x3F) | 0x80 }
        switch scalar {
        case ..<0x80:
            bytes.append(UInt8(scalar))
        case ..<0x800:
            bytes.append(UInt8(scalar >> 6) | 0xC0)
            bytes.append(continuation(0))
        case ..<0x10000:
            bytes.append(UInt8(scalar >> 12) | 0xE0)
            bytes.append(continuation(6))
            bytes.append(continuation(0))
        default:
            bytes.append(UInt8(scalar >> 18 & 0x07) | 0xF0)
            bytes.append(continuation(12))
            bytes.append(continuation(6))
            bytes.append(continuation(0))
        }
    }
}
