// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How clients and backends name a connection: its number as a UUID (RFC 9562 §5.4), lower case.
///
/// The process's own random bits stand before the number, so that ids differ between processes; being no secret they need
/// not be guessed with difficulty.
package enum ConnectionID {
    private static let seed = UInt64.random(in: .min ... .max)

    package static func text(of number: UInt64) -> String {
        // 48 random bits, the version, 12 random bits, the variant and 62 bits of number.
        let high = (Self.seed & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        let low = (number & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        var text = ""
        text.reserveCapacity(36)
        for (index, digit) in (Self.digits(high) + Self.digits(low)).enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    /// - Returns: `nil` when the text is no id of this process.
    package static func number(from text: String) -> UInt64? {
        let digits = text.filter { $0 != "-" }
        guard digits.count == 32, let low = UInt64(digits.suffix(16), radix: 16) else { return nil }
        let number = low & 0x3FFF_FFFF_FFFF_FFFF
        return Self.text(of: number) == text.lowercased() ? number : nil
    }

    private static func digits(_ value: UInt64) -> [Character] {
        let text = String(value, radix: 16)
        return Array(repeatElement("0", count: 16 - text.count)) + Array(text)
    }
}
