// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Contract

@Suite struct PlainScalarTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "-0"), ("007", "7"), ("+5", "5"), ("0x1F", "31"), ("0o17", "15"), ("100.00", "100.00"),
        (".5", "0.5"),
        ("5.", "5.0"), ("-1.5E+3", "-1.5e3"), ("1e-7", "1e-7"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ])
    func `a number becomes a number of JSON`(text: String, json: String) {
        #expect(PlainScalar.number(text) == json)
    }

    @Test(arguments: [".", "-", "1_000", "1e", "0x", "0xFFFFFFFFFFFFFFFFF", "12:30", ".inf", "١", "1.2.3", "5 "])
    func `what only looks like a number is a text`(text: String) {
        #expect(PlainScalar.number(text) == nil)
    }
}
