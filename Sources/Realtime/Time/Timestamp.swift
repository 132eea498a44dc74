// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A moment in UTC, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Written as ISO 8601 with three decimals and `Z`, always 24 bytes (requirement ALL-D04), for the years 0 to 9999.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Bytes of the written form without quotes.
    package static let byteCount = 24

    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

    package var description: String {
        var bytes: [UInt8] = []
        self.append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the written form, 24 bytes.
    package func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: Self.byteCount))
        bytes.withUnsafeMutableBytes { self.write(to: $0, at: start) }
    }

    /// Writes the 24 bytes of the written form at `offset`.
    package func write(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        let clamped = min(max(self.milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        let (year, month, day) = Self.civil(daysSince1970: Self.floorDivide(clamped, 86_400_000))
        var rest = clamped - Self.floorDivide(clamped, 86_400_000) * 86_400_000
        func digits(_ value: Int64, _ count: Int, _ at: Int) {
            var value = value
            for index in stride(from: count - 1, through: 0, by: -1) {
                bytes[offset + at + index] = UInt8(0x30 + value % 10)
                value /= 10
            }
        }
        digits(year, 4, 0)
        bytes[offset + 4] = UInt8(ascii: "-")
        digits(month, 2, 5)
        bytes[offset + 7] = UInt8(ascii: "-")
        digits(day, 2, 8)
        bytes[offset + 10] = UInt8(ascii: "T")
        digits(rest / 3_600_000, 2, 11)
        rest %= 3_600_000
        bytes[offset + 13] = UInt8(ascii: ":")
        digits(rest / 60_000, 2, 14)
        rest %= 60_000
        bytes[offset + 16] = UInt8(ascii: ":")
        digits(rest / 1000, 2, 17)
        bytes[offset + 19] = UInt8(ascii: ".")
        digits(rest % 1000, 3, 20)
        bytes[offset + 23] = UInt8(ascii: "Z")
    }

    /// Reads RFC 3339: `2025-11-05T12:00:00Z`, any number of decimals (cut to three), `Z` or an offset.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        func isByte(_ index: Int, _ characters: StaticString) -> Bool {
            index < bytes.count && characters.withUTF8Buffer { $0.contains(bytes[index]) }
        }
        guard let year = number(0..<4), isByte(4, "-"), let month = number(5..<7), isByte(7, "-"),
            let day = number(8..<10), isByte(10, "Tt "), let hour = number(11..<13), isByte(13, ":"),
            let minute = number(14..<16), isByte(16, ":"), let second = number(17..<19),
            (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if isByte(index, ".") {
            var scale: Int64 = 100
            index += 1
            let first = index
            while isByte(index, "0123456789") {
                fraction += Int64(bytes[index] - 0x30) * scale
                scale /= 10
                index += 1
            }
            guard index > first else { return nil }
        }
        var offset: Int64 = 0
        if isByte(index, "Zz") {
            index += 1
        } else if isByte(index, "+-") {
            guard let hours = number(index + 1..<index + 3), isByte(index + 3, ":"),
                let minutes = number(index + 4..<index + 6), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * 60_000 * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
            index += 6
        } else {
            return nil
        }
        guard index == bytes.count else { return nil }
        let daySeconds = (hour * 60 + minute) * 60 + second
        self.milliseconds =
            Self.days(year: year, month: month, day: day) * 86_400_000 + daySeconds * 1000 + fraction - offset
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 of a date of the proleptic Gregorian calendar, by eras of 400 years of 146,097 days.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = Self.floorDivide(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }
}
