// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

@Suite struct ChannelNameTests {
    @Test(arguments: ["global", "user:did:rangkai:abc", "Zürich", "with space", "日本", "a"])
    func `text without control characters is a name`(text: String) {
        #expect(ChannelName(text)?.rawValue == text)
    }

    @Test(arguments: ["", "line\nbreak", "nul\0", "tab\t", "del\u{7F}"])
    func `empty text and control characters are refused`(text: String) {
        #expect(ChannelName(text) == nil)
    }

    @Test func `a name has at most 255 bytes, not characters`() {
        #expect(ChannelName(String(repeating: "a", count: 255)) != nil)
        #expect(ChannelName(String(repeating: "a", count: 256)) == nil)
        #expect(ChannelName(String(repeating: "é", count: 128)) == nil)
    }

    @Test func `two spellings of one letter are two names`() {
        #expect(ChannelName("caf\u{E9}") != ChannelName("cafe\u{301}"))
    }
}
