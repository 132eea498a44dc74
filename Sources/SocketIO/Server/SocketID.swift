// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Ids that cannot be guessed: 120 random bits as 20 characters that may stand in an address.
enum SocketID {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        var digits: [UInt8] = []
        digits.reserveCapacity(20)
        for _ in 0..<2 {
            var bits: UInt64 = generator.next()
            for _ in 0..<10 {
                digits.append(Self.alphabet[Int(bits & 63)])
                bits >>= 6
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
