// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Base64url without padding (RFC 4648 §5, RFC 7515 §2), strict in both directions.
///
/// Decoding refuses padding, line breaks, the letters of plain Base64 and bits left over in the last
/// letter: one value has exactly one text, so no token can be rewritten into another that verifies.
package enum Base64URL {
    private static let letters = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    // The value of each byte as a letter, 0xFF for bytes that are none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in Base64URL.letters.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    /// The bytes that a text stands for; nil when it is not strict Base64url.
    package static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        let whole = text.count / 4
        let rest = text.count % 4
        guard rest != 1 else { return nil }
        let count = whole * 3 + (rest == 0 ? 0 : rest - 1)
        // Letters are below 64, so any bit above says that one of them was not a letter.
        var seen: UInt8 = 0
        var leftOver: UInt8 = 0
        let bytes = Self.values.withUnsafeBufferPointer { values in
            [UInt8](unsafeUninitializedCapacity: count) { bytes, written in
                var read = 0
                func next() -> UInt8 {
                    let value = values[Int(text[read])]
                    read += 1
                    seen |= value
                    return value
                }
                for group in 0..<whole {
                    let (first, second, third, fourth) = (next(), next(), next(), next())
                    bytes[group * 3] = first << 2 | second >> 4
                    bytes[group * 3 + 1] = second << 4 | third >> 2
                    bytes[group * 3 + 2] = third << 6 | fourth
                }
                if rest >= 2 {
                    let (first, second) = (next(), next())
                    bytes[whole * 3] = first << 2 | second >> 4
                    leftOver = second & 0x0F
                    if rest == 3 {
                        let third = next()
                        bytes[whole * 3 + 1] = second << 4 | third >> 2
                        leftOver = third & 0x03
                    }
                }
                written = count
            }
        }
        guard seen < 64, leftOver == 0 else { return nil }
        return bytes
    }

    /// As above, of a string's UTF-8.
    package static func decode(_ text: String) -> [UInt8]? {
        [UInt8](text.utf8).withUnsafeBytes { Self.decode($0) }
    }

    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var pending: UInt32 = 0
        var pendingBits = 0
        for byte in bytes {
            pending = (pending << 8 | UInt32(byte)) & 0xFFFF
            pendingBits += 8
            while pendingBits >= 6 {
                pendingBits -= 6
                text.append(Self.letters[Int(pending >> UInt32(pendingBits)) & 0x3F])
            }
        }
        if pendingBits > 0 { text.append(Self.letters[Int(pending << UInt32(6 - pendingBits)) & 0x3F]) }
        return String(decoding: text, as: UTF8.self)
    }
}
