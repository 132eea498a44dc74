// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens

@Suite struct Base64URLTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ])
    func `the examples of RFC 4648 §10 without padding are read and written`(plain: String, text: String) {
        #expect(Base64URL.encode(plain.utf8) == text)
        #expect(Base64URL.decode(text) == Array(plain.utf8))
    }

    @Test(arguments: [
        "A", "AAAAA", "Zg==", "Zm8=", "Zm9v\n", "Zm 9v", "+A", "/w", "Zm9v.", "Zé", "\u{0}\u{0}",
    ])
    func `padding, line breaks, foreign letters and impossible lengths are refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(arguments: ["Zh", "Zv", "Zm9", "Zm-"])
    func `bits left over in the last letter are refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func `every text of two letters that is read is written back the same`() {
        var accepted = 0
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let text = [first, second]
                guard let bytes = text.withUnsafeBytes({ Base64URL.decode($0) }) else { continue }
                accepted += 1
                #expect(Array(Base64URL.encode(bytes).utf8) == text)
            }
        }
        // One text for each byte, and no other.
        #expect(accepted == 256)
    }

    @Test func `bytes of every length come back`() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 151 + 200) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }
}
