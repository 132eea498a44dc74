// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens

struct SignedValueTests {
    private let signed = SignedValue(secret: "keyboard cat")

    @Test func `a value is signed as express-session does`() {
        // require("cookie-signature").sign("session-1", "keyboard cat")
        #expect(self.signed.text(of: "session-1") == "s:session-1.NZ6frYMWmxebiKdCWciHPwioHqORZGOpjJGiPLVc2zo")
    }

    @Test(arguments: ["a", "session-1", "a.b.c", "with space", "\u{e9}", "s:s"])
    func `a signed value is read back`(value: String) {
        #expect(self.signed.value(of: self.signed.text(of: value)) == value)
    }

    @Test func `what is unsigned, signed by others or changed is none`() {
        let good = self.signed.text(of: "session-1")
        let wrong = [
            "", "s:", "s:.", ".", "session-1", "s:session-1", "s:session-1.", String(good.dropFirst(2)), good + "x",
            String(good.dropLast()), good.replacingOccurrence(of: "session-1", with: "session-2"),
            SignedValue(secret: "other").text(of: "session-1"), "s:" + good, "s:\u{1F36A}.\u{1F36A}",
            self.signed.text(of: ""),
        ]
        for text in wrong { #expect(self.signed.value(of: text) == nil, "\(text)") }
    }
}

extension String {
    fileprivate func replacingOccurrence(of part: String, with other: String) -> String {
        guard let range = self.firstRange(of: part) else { return self }
        return self.replacingCharacters(in: range, with: other)
    }

    private func replacingCharacters(in range: Range<String.Index>, with other: String) -> String {
        self[..<range.lowerBound] + other + self[range.upperBound...]
    }
}
