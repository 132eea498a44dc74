// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct SpellingTests {
    @Test(arguments: [
        ("chanels", "channels"), ("CHANNELS", "channels"), ("evnets", "events"), ("listne", "listen"),
    ])
    func `a word with few differences is found, whatever its case`(word: String, meant: String) {
        #expect(Spelling.nearest(to: word, among: ["channels", "events", "listen"]) == meant)
    }

    @Test(arguments: ["", "x", "completely-different"])
    func `a word that has nothing in common is not`(word: String) {
        #expect(Spelling.nearest(to: word, among: ["channels", "events"]) == nil)
        #expect(Spelling.suggestion(for: word, among: ["channels", "events"]) == nil)
        #expect(Spelling.hint(for: word, among: ["channels", "events"]) == "known here: channels, events")
        #expect(Spelling.question(for: word, among: ["channels", "events"]).isEmpty)
    }

    @Test func `of two equally near words the one that sorts first is taken`() {
        #expect(Spelling.nearest(to: "gat", among: ["rat", "cat", "bat"]) == "bat")
    }

    @Test func `only the beginning of a long word is compared`() {
        let long = String(repeating: "a", count: 100_000)
        #expect(Spelling.nearest(to: long, among: [String(repeating: "a", count: 64)]) != nil)
    }
}
