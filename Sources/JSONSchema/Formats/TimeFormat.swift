// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Dates and times of RFC 3339 §5.6.
enum TimeFormat {
    static func isDateTime(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count > 11, text[10] | 0x20 == UInt8(ascii: "t") else { return false }
        return Self.isDate(UnsafeBufferPointer(rebasing: text[..<10]))
            && Self.isTime(UnsafeBufferPointer(rebasing: text[11...]))
    }

    static func isDate(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let century = Self.twoDigits(text, at: 0), let rest = Self.twoDigits(text, at: 2),
            let month = Self.twoDigits(text, at: 5), let day = Self.twoDigits(text, at: 8)
        else { return false }
        let year = century * 100 + rest
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...lengths[month - 1]).contains(day)
    }

    /// With offset. A leap second is accepted where it can fall: at 23:59:60 UTC.
    static func isTime(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= 9, text[2] == UInt8(ascii: ":"), text[5] == UInt8(ascii: ":"),
            let hour = Self.twoDigits(text, at: 0), let minute = Self.twoDigits(text, at: 3),
            let second = Self.twoDigits(text, at: 6), hour < 24, minute < 60, second <= 60
        else { return false }
        var position = 8
        if text[position] == UInt8(ascii: ".") {
            position += 1
            let start = position
            while position < text.count, text[position].isDigit { position += 1 }
            guard position > start else { return false }
        }
        guard let offset = Self.offset(UnsafeBufferPointer(rebasing: text[position...])) else { return false }
        let day = 24 * 60
        return second < 60 || (hour * 60 + minute - offset + day) % day == day - 1
    }

    /// Minutes east of UTC.
    private static func offset(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        if text.count == 1 { return text[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        guard text.count == 6, text[3] == UInt8(ascii: ":"), let hour = Self.twoDigits(text, at: 1),
            let minute = Self.twoDigits(text, at: 4), hour < 24, minute < 60
        else { return nil }
        switch text[0] {
        case UInt8(ascii: "+"): return hour * 60 + minute
        case UInt8(ascii: "-"): return -(hour * 60 + minute)
        default: return nil
        }
    }

    private static func twoDigits(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
        guard position + 1 < text.count, text[position].isDigit, text[position + 1].isDigit else { return nil }
        return Int(text[position] - 0x30) * 10 + Int(text[position + 1] - 0x30)
    }
}
