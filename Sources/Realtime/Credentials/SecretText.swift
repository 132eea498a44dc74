// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The texts by which the server knows users itself: ids of sessions and one-time tokens.
package enum SecretText {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let digits = Array("0123456789abcdef".utf8)

    /// Of 258 bits.
    package static let letterCount = 43

    /// Random letters of Base64url (RFC 4648 §5), 6 bits of the system's generator each.
    package static func make(letterCount: Int = Self.letterCount) -> String {
        var generator = SystemRandomNumberGenerator()
        var text: [UInt8] = []
        for _ in 0..<letterCount { text.append(Self.letters[Int(generator.next() & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// SHA-256 of a secret, as 64 hexadecimal digits: under this it is kept, and this may be shown.
    package static func key(of secret: String) -> String {
        var text: [UInt8] = []
        for byte in SHA256.digest(of: secret.utf8) {
            text.append(Self.digits[Int(byte >> 4)])
            text.append(Self.digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
