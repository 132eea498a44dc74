// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Base64 (RFC 4648 §4) as far as the opening handshake needs it, without Foundation.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for (offset, byte) in group.enumerated() { word |= UInt32(byte) << (16 - 8 * UInt32(offset)) }
            for digit in 0..<4 {
                let isUsed = digit <= group.count
                let index = Int((word >> (18 - 6 * UInt32(digit))) & 0x3F)
                text.append(isUsed ? Self.alphabet[index] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether `text` stands for exactly 16 bytes: 22 digits and two signs of padding.
    static func isSixteenBytes(_ text: some StringProtocol) -> Bool {
        let text = Array(text.utf8)
        return text.count == 24 && text.suffix(2).allSatisfy { $0 == UInt8(ascii: "=") }
            && text.prefix(22).allSatisfy { Self.alphabet.contains($0) }
    }
}
