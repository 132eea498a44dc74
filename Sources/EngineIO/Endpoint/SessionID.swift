// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A session's `sid`: 15 random bytes, written as 20 characters of base64url (RFC 4648 §5).
struct SessionID: Hashable, Sendable {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let characterCount = 20

    /// The first 60 bits, and the others.
    private var high: UInt64 = 0
    private var low: UInt64 = 0

    /// A new one that nobody can guess.
    static func random() -> Self {
        var generator = SystemRandomNumberGenerator()
        var id = Self()
        id.high = generator.next() >> 4
        id.low = generator.next() >> 4
        return id
    }

    private init() {}

    /// Nil for a text that no session's can be.
    init?(_ text: String) {
        guard text.utf8.count == Self.characterCount else { return nil }
        for (index, byte) in text.utf8.enumerated() {
            guard let digit = Self.digit(byte) else { return nil }
            if index < 10 { self.high = self.high << 6 | digit } else { self.low = self.low << 6 | digit }
        }
    }

    var text: String {
        String(unsafeUninitializedCapacity: Self.characterCount) { bytes in
            for index in 0..<Self.characterCount {
                let half = index < 10 ? self.high : self.low
                let digit = Int(half >> UInt64(54 - 6 * (index % 10))) & 0x3F
                bytes[index] = Self.alphabet[digit]
            }
            return Self.characterCount
        }
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
