// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContractDocuments

@Suite struct EscapingTests {
    @Test func `html takes interpolated text for text`() {
        let html: HTMLText = "<td title=\"\("a\"b")\">\("<script>&'\u{0}")</td>"
        #expect(html.html == "<td title=\"a&quot;b\">&lt;script&gt;&amp;&#39;\u{FFFD}</td>")
    }

    @Test func `markdown takes text for text`() {
        #expect(MarkdownText.escaped("<b> *x* [y](z) `c` # | &") == "&lt;b&gt; \\*x\\* \\[y\\](z) \\`c\\` \\# | &amp;")
    }

    @Test(arguments: [
        ("plain", "`plain`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), ("", ""), ("two\nlines", "`two lines`"),
    ])
    func `code in markdown has as many backticks as it needs`(text: String, expected: String) {
        #expect(MarkdownText.code(text) == expected)
    }

    @Test func `a word for a shell is one word, whatever stands in it`() {
        #expect(Snippets.shellWord("order:7/a_b-c.d") == "order:7/a_b-c.d")
        #expect(Snippets.shellWord("it's $HOME; `rm`") == "'it'\\''s $HOME; `rm`'")
        #expect(Snippets.shellWord("") == "''")
    }

    @Test func `anchors depend on the name alone and tell names apart`() {
        #expect(Anchor.id("event", "order.created") == "event-order.created")
        #expect(Anchor.id("event", "room:joined") == "event-room:joined")
        let odd = ["a b", "a  b", "a-b", "a{b}", "ä"].map { Anchor.id("event", $0) }
        #expect(Set(odd).count == odd.count)
        #expect(odd.allSatisfy { !$0.contains(" ") && !$0.contains("{") })
    }

    @Test func `keys of documents are letters, digits, underscores, and none comes twice`() {
        var keys = DocumentKeys(reserved: ["connection"])
        #expect(keys.key(for: "order:{orderId}") == "order_orderId")
        #expect(keys.key(for: "order.orderId") == "order_orderId_2")
        #expect(keys.key(for: "connection") == "connection_2")
        #expect(keys.key(for: "日本") == "name")
    }
}
