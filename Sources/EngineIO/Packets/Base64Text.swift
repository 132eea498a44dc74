// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Base64 (RFC 4648 §4): written with padding; read with or without it, and with the letters of §5 as well.
enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let noDigit: UInt8 = 0xFF

    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: Self.noDigit, count: 256)
        for (value, letter) in Self.alphabet.enumerated() { digits[Int(letter)] = UInt8(value) }
        digits[Int(UInt8(ascii: "-"))] = 62
        digits[Int(UInt8(ascii: "_"))] = 63
        return digits
    }()

    /// How many characters stand for so many bytes.
    static func characterCount(_ byteCount: Int) -> Int { (byteCount + 2) / 3 * 4 }

    static func append(_ bytes: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        let count = Self.characterCount(bytes.count)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { output in
            Self.alphabet.withUnsafeBufferPointer { alphabet in
                var written = 0
                for start in stride(from: 0, to: bytes.count, by: 3) {
                    let left = bytes.count - start
                    let second = left > 1 ? bytes[start + 1] : 0
                    let third = left > 2 ? bytes[start + 2] : 0
                    let word = UInt32(bytes[start]) << 16 | UInt32(second) << 8 | UInt32(third)
                    output[written] = alphabet[Int(word >> 18)]
                    output[written + 1] = alphabet[Int(word >> 12 & 0x3F)]
                    output[written + 2] = left > 1 ? alphabet[Int(word >> 6 & 0x3F)] : UInt8(ascii: "=")
                    output[written + 3] = left > 2 ? alphabet[Int(word & 0x3F)] : UInt8(ascii: "=")
                    written += 4
                }
            }
            return count
        }
    }

    /// Nil for what no bytes can stand for.
    static func decode(_ text: UnsafeRawBufferPointer) -> ByteBuffer? {
        var text = text
        while text.last == UInt8(ascii: "=") { text = UnsafeRawBufferPointer(rebasing: text.dropLast()) }
        guard text.count % 4 != 1 else { return nil }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(text.count / 4 * 3 + 3)
        var isValid = true
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: text.count / 4 * 3 + 3) { output in
            Self.digits.withUnsafeBufferPointer { digits in
                var (word, bitCount, written): (UInt32, UInt32, Int) = (0, 0, 0)
                for character in text {
                    let digit = digits[Int(character)]
                    if digit == Self.noDigit { isValid = false }
                    word = word << 6 | UInt32(digit & 0x3F)
                    bitCount += 6
                    guard bitCount >= 8 else { continue }
                    bitCount -= 8
                    output[written] = UInt8(truncatingIfNeeded: word >> bitCount)
                    written += 1
                }
                return written
            }
        }
        return isValid ? buffer : nil
    }
}
