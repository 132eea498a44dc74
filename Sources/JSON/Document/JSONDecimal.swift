// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A JSON number's exact value, read from its digits: no rounding, whatever its length.
///
/// A view of bytes that somebody else keeps; valid only as long as they are. The bytes must be a number by
/// the grammar of RFC 8259 §6, or empty, which is zero.
/// Limits: exponents beyond ±10¹² are taken as ±10¹².
package struct JSONDecimal {
    private let text: UnsafeBufferPointer<UInt8>
    package let isNegative: Bool
    /// Positions of the first and last digit that is not an outer zero. Meaningless for zero.
    private var first = 0
    private var last = 0
    /// The powers of ten those two digits stand for: 1234.5 has 3 and -1.
    private var highest = 0
    private var lowest = 0
    package private(set) var isZero = true

    private static let exponentLimit = 1_000_000_000_000

    package init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        self.isNegative = text.first == UInt8(ascii: "-")
        var position = self.isNegative ? 1 : 0
        var point: Int?
        while position < text.count, text[position] | 0x20 != UInt8(ascii: "e") {
            switch text[position] {
            case UInt8(ascii: "."): point = position
            case UInt8(ascii: "0"): break
            default:
                if self.isZero { self.first = position }
                self.last = position
                self.isZero = false
            }
            position += 1
        }
        guard !self.isZero else { return }
        let unit = (point ?? position) - 1
        let exponent = Self.exponent(in: text, from: position + 1)
        self.highest = exponent + unit - self.first + (self.first > unit ? 1 : 0)
        self.lowest = exponent + unit - self.last + (self.last > unit ? 1 : 0)
    }

    /// Whether it has no fraction: also 1.0 and 1e3.
    package var isInteger: Bool { self.isZero || self.lowest >= 0 }

    /// The value when it is whole and fits.
    package var int: Int? {
        guard !self.isZero else { return 0 }
        guard self.isInteger, self.highest < 19 else { return nil }
        var value = 0
        for digit in self.digits {
            guard let next = Self.append(digit, to: value, isNegative: self.isNegative) else { return nil }
            value = next
        }
        for _ in 0..<self.lowest {
            guard let next = Self.append(0, to: value, isNegative: self.isNegative) else { return nil }
            value = next
        }
        return value
    }

    /// The digits between the outer zeros as one number, and the power of ten it is multiplied by; nil when
    /// the digits do not fit.
    package var mantissa: (digits: UInt64, exponent: Int)? {
        guard !self.isZero else { return (0, 0) }
        var value: UInt64 = 0
        for digit in self.digits {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return (value, self.lowest)
    }

    /// Whether the value is a whole number of `divisor`s. A zero divisor divides nothing.
    ///
    /// - Returns: nil when the divisor has more digits than 64 bits hold.
    package func isMultiple(of divisor: JSONDecimal) -> Bool? {
        guard let (modulus, exponent) = divisor.mantissa else { return nil }
        guard modulus > 0, !self.isZero else { return modulus > 0 }
        // The last digit is not 0, so nothing with a lower place than the divisor's is a multiple.
        guard self.lowest >= exponent else { return false }
        var remainder: UInt64 = 0
        for digit in self.digits {
            remainder = Self.remainder(remainder, times: 10, plus: UInt64(digit), by: modulus)
        }
        var power: UInt64 = 10 % modulus
        var count = self.lowest - exponent
        while count > 0 {
            if count & 1 == 1 { remainder = Self.remainder(remainder, times: power, plus: 0, by: modulus) }
            power = Self.remainder(power, times: power, plus: 0, by: modulus)
            count >>= 1
        }
        return remainder == 0
    }

    /// Feeds what makes two numbers equal, so that equal numbers hash equally however they are written.
    package func hash(into hasher: inout Hasher) {
        guard !self.isZero else { return hasher.combine(0 as UInt8) }
        hasher.combine(self.isNegative)
        hasher.combine(self.highest)
        for digit in self.digits { hasher.combine(digit) }
    }

    // MARK: Digits

    /// The digits between the outer zeros, without the point.
    private var digits: some Sequence<UInt8> {
        UnsafeBufferPointer(rebasing: self.isZero ? self.text[0..<0] : self.text[self.first...self.last])
            .lazy.filter { $0 != UInt8(ascii: ".") }.map { $0 &- UInt8(ascii: "0") }
    }

    private static func exponent(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var value = 0
        var isNegative = false
        for position in start..<max(text.count, start) {
            switch text[position] {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            default: value = min(value * 10 + Int(text[position] &- UInt8(ascii: "0")), Self.exponentLimit)
            }
        }
        return isNegative ? -value : value
    }

    private static func append(_ digit: UInt8, to value: Int, isNegative: Bool) -> Int? {
        let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(isNegative ? -Int(digit) : Int(digit))
        return overflow || carry ? nil : sum
    }

    private static func remainder(_ value: UInt64, times factor: UInt64, plus term: UInt64, by modulus: UInt64)
        -> UInt64
    {
        let product = value.multipliedFullWidth(by: factor)
        let (low, carry) = product.low.addingReportingOverflow(term)
        let high = (product.high &+ (carry ? 1 : 0)) % modulus
        return modulus.dividingFullWidth((high, low)).remainder
    }
}

extension JSONDecimal: Comparable {
    package static func == (left: Self, right: Self) -> Bool {
        guard !left.isZero, !right.isZero else { return left.isZero && right.isZero }
        return left.isNegative == right.isNegative && left.highest == right.highest && left.lowest == right.lowest
            && left.digits.elementsEqual(right.digits)
    }

    package static func < (left: Self, right: Self) -> Bool {
        switch (left.sign, right.sign) {
        case (1, 1): left.isSmaller(than: right)
        case (-1, -1): right.isSmaller(than: left)
        case (let leftSign, let rightSign): leftSign < rightSign
        }
    }

    private var sign: Int { self.isZero ? 0 : self.isNegative ? -1 : 1 }

    /// Compares without the signs. Neither is zero.
    private func isSmaller(than other: JSONDecimal) -> Bool {
        guard self.highest == other.highest else { return self.highest < other.highest }
        return self.digits.lexicographicallyPrecedes(other.digits)
    }
}
