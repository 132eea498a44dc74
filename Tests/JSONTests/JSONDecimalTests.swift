// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct JSONDecimalTests {
    private func with<Result>(_ left: String, _ right: String, _ body: (JSONDecimal, JSONDecimal) -> Result) -> Result {
        Array(left.utf8).withUnsafeBufferPointer { left in
            Array(right.utf8).withUnsafeBufferPointer { body(JSONDecimal(left), JSONDecimal($0)) }
        }
    }

    @Test func `numbers are ordered by exact value`() {
        let ascending = [
            "-1e400", "-10", "-9.99", "-1", "-0.1", "-0.01", "0", "1e-400", "0.0099", "0.01", "0.1", "0.11", "1", "1.5",
            "9", "10",
            "9007199254740992", "9007199254740993", "18446744073709551616", "18446744073709551616.5", "1e400",
        ]
        for (i, left) in ascending.enumerated() {
            for (j, right) in ascending.enumerated() {
                #expect(with(left, right) { $0 < $1 } == (i < j), "\(left) \(right)")
                #expect(with(left, right) { $0 == $1 } == (i == j), "\(left) \(right)")
            }
        }
    }

    @Test(arguments: [
        ("0.0075", "0.0001", true), ("0.00751", "0.0001", false), ("10", "5", true), ("1e308", "0.123456789", false),
        ("1e308", "0.5", true), ("12391239123", "1e-8", true), ("4.5", "1.5", true), ("35", "1.5", false),
        ("0", "7", true),
        ("-21", "7", true), ("100000000000000000000000000000000000000007", "7", false),
        ("700000000000000000000000000000000000000007", "7", true), ("19.99", "0.01", true), ("1e999999999", "3", false),
        ("3", "20", false),
        ("20", "2e1", true), ("1", "18446744073709551615", false), ("1", "0", false),
    ])
    func `a multiple is told exactly`(value: String, divisor: String, expected: Bool) {
        #expect(with(value, divisor) { $0.isMultiple(of: $1) } == expected)
    }

    @Test func `a divisor of more digits than 64 bits hold is not decided`() {
        #expect(with("1", "1.00000000000000000000001") { $0.isMultiple(of: $1) } == nil)
    }
}
