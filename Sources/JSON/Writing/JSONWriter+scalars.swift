// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension JSONWriter {
    /// Appends a quoted string. Only what must be escaped is: quote, backslash, and control characters
    /// as `\b \t \n \f \r` or `\u00xx`; a slash never.
    package static func appendString(_ value: String, to bytes: inout [UInt8]) {
        value.withUTF8Bytes { Self.appendString($0, to: &bytes) }
    }

    /// Appends a quoted string of valid UTF-8.
    package static func appendString(_ value: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var copied = 0
        for position in 0..<value.count {
            let byte = value[position]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: value[copied..<position]))
            Self.appendEscape(byte, to: &bytes)
            copied = position + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: value[copied...]))
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a number that is finite as JavaScript writes it (ECMA-262 `Number::toString`), others as `null`.
    package static func appendDouble(_ value: Double, to bytes: inout [UInt8]) {
        guard value.isFinite else {
            bytes += "null".utf8
            return
        }
        guard value != 0 else {
            bytes.append(UInt8(ascii: "0"))
            return
        }
        let (digits, point) = Self.shortestDigits(of: value.magnitude)
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let zero = UInt8(ascii: "0")
        switch point {
        case digits.count...21:
            bytes += digits
            bytes += repeatElement(zero, count: point - digits.count)
        case 1...21:
            bytes += digits[..<point]
            bytes.append(UInt8(ascii: "."))
            bytes += digits[point...]
        case -5...0:
            bytes += "0.".utf8
            bytes += repeatElement(zero, count: -point)
            bytes += digits
        default:
            bytes.append(digits[0])
            if digits.count > 1 {
                bytes.append(UInt8(ascii: "."))
                bytes += digits[1...]
            }
            bytes += point > 0 ? "e+".utf8 : "e-".utf8
            Self.appendInteger(abs(point - 1), to: &bytes)
        }
    }

    /// Appends the decimal digits of a whole number.
    package static func appendInteger(_ value: Int, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = value.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// The shortest digits that identify the number, without outer zeros, and where the point stands: 1 is
    /// after the first digit, 0 before it.
    private static func shortestDigits(of value: Double) -> (digits: [UInt8], point: Int) {
        // The standard library's description has the shortest digits in one of two notations:
        // `1234.5` or `1.2345e+20`.
        let parts = value.description.utf8.split(separator: UInt8(ascii: "e"))
        let exponent = parts.count > 1 ? Int(Substring(parts[1])) ?? 0 : 0
        let fraction = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        var digits = fraction.flatMap { Array($0) }
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, fraction[0].count + exponent - leading)
    }

    private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x20...: bytes.append(byte)
        default:
            let hex = Array("0123456789abcdef".utf8)
            bytes += "u00".utf8
            bytes.append(hex[Int(byte >> 4)])
            bytes.append(hex[Int(byte & 15)])
        }
    }
}
