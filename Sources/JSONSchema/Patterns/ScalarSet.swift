// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A set of code points: what one character of a pattern may be.
struct ScalarSet: Sendable {
    private var ranges: [ClosedRange<UInt32>]
    private var properties: [(property: ScalarProperty, isNegated: Bool)] = []
    private var isNegated = false
    /// Membership of the 128 ASCII characters, decided when the set is complete.
    private var ascii: (low: UInt64, high: UInt64) = (0, 0)

    private static let last: UInt32 = 0x10FFFF

    init(_ ranges: [ClosedRange<UInt32>]) {
        self.ranges = ranges
        self.decideASCII()
    }

    init(_ scalar: UInt32) {
        self.init([scalar...scalar])
    }

    init(_ property: ScalarProperty, isNegated: Bool) {
        self.ranges = []
        self.properties = [(property, isNegated)]
        self.decideASCII()
    }

    /// Everything that is in at least one of the sets, or in none of them.
    init(union sets: [ScalarSet], isNegated: Bool) {
        self.ranges = sets.flatMap(\.positiveRanges).sorted { $0.lowerBound < $1.lowerBound }
        self.properties = sets.flatMap(\.properties)
        self.isNegated = isNegated
        self.decideASCII()
    }

    /// The only member, when there is just one.
    var single: UInt32? {
        guard self.ranges.count == 1, self.properties.isEmpty, !self.isNegated else { return nil }
        return self.ranges[0].count == 1 ? self.ranges[0].lowerBound : nil
    }

    func contains(_ scalar: UInt32) -> Bool {
        switch scalar {
        case ..<64: self.ascii.low & 1 << UInt64(scalar) != 0
        case ..<128: self.ascii.high & 1 << UInt64(scalar - 64) != 0
        default: self.isListed(scalar) != self.isNegated
        }
    }

    /// All but the members. Only for sets made of ranges.
    private static func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= Self.last { gaps.append(next...Self.last) }
        return gaps
    }

    private var positiveRanges: [ClosedRange<UInt32>] {
        self.isNegated ? Self.complement(of: self.ranges) : self.ranges
    }

    private func isListed(_ scalar: UInt32) -> Bool {
        self.ranges.contains { $0.contains(scalar) }
            || self.properties.contains { $0.property.contains(scalar) != $0.isNegated }
    }

    private mutating func decideASCII() {
        for scalar: UInt32 in 0..<128 where self.isListed(scalar) != self.isNegated {
            if scalar < 64 {
                self.ascii.low |= 1 << UInt64(scalar)
            } else {
                self.ascii.high |= 1 << UInt64(scalar - 64)
            }
        }
    }
}

extension ScalarSet {
    /// `\d` (ECMA-262 §22.2.2.9): ASCII only.
    static let digits = ScalarSet([0x30...0x39])
    /// `\w`: ASCII only.
    static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// `\s`: white space and line ends.
    static let space = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    /// `.`: all but line ends.
    static let dot = ScalarSet(union: [ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])], isNegated: true)

    var negated: ScalarSet { ScalarSet(union: [self], isNegated: true) }
}
