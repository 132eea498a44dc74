// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Testing

@Suite struct PatternTests {
    /// Whether the pattern matches the text, through a schema; nil when the pattern is refused.
    private func matches(_ pattern: String, _ text: String) throws -> Bool? {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("pattern")
        writer.string(pattern)
        writer.endObject()
        guard let schema = try? JSONSchemaCompiler().compile(JSONDocument(parsing: writer.bytes).root) else {
            return nil
        }
        var value = JSONWriter()
        value.string(text)
        return schema.accepts(try JSONDocument(parsing: value.bytes).root)
    }

    @Test(arguments: [
        ("b", "abc"), ("^abc$", "abc"), ("^a?b*c+$", "bbcc"), ("^(ab|cd)+$", "abcdab"), ("^(?:a|b|)$", ""),
        ("^[a-c]{2,3}$", "abc"),
        ("^[^a-c]$", "d"), ("^[\\w.-]+@[\\w-]+\\.\\w{2,}$", "a.b@c-d.org"), ("^.$", "😀"), ("^\\u{1F600}$", "😀"),
        ("^\\uD83D\\uDE00$", "😀"), ("^\\p{Lu}\\P{Lu}$", "Éé"), ("^\\p{L}+$", "straße"), ("^[\\p{L}\\d]+$", "é1"),
        ("^a.c$", "a\u{2027}c"),
        ("^(?=.*[A-Z])(?=.*\\d).{4,}$", "abC1"), ("^(?!admin$)\\w+$", "admins"), ("\\bcat\\b", "a cat."),
        ("\\Bat", "cat"), ("^\\/\\-\\_$", "/-_"),
        ("^{a}]$", "{a}]"), ("^a{,2}$", "a{,2}"), ("^\\x41\\cJ$", "A\n"), ("^(?<year>\\d{4})$", "2025"),
        ("^a*?$", "aaa"), ("(a*)*$", "b"), ("^[]a]?$|x", "x"),
        ("^[\\b]$", "\u{8}"), ("^\\s$", "\u{FEFF}"), ("^[-a]+[a-]+$", "-a-"), ("", ""), ("^(a|b)*c|d$", "d"),
        ("^[\\s\\S]$", "\n"), ("^[^]$", "\n"),
        ("^\\p{gc=Decimal_Number}$", "৪"), ("^.{1000}$", String(repeating: "x", count: 1000)),
    ])
    func `a text that matches is accepted`(pattern: String, text: String) throws {
        #expect(try matches(pattern, text) == true)
    }

    @Test(arguments: [
        ("^abc$", "abc\n"), ("^a?b*c+$", "ab"), ("^(ab|cd)+$", "abc"), ("^[a-c]{2,3}$", "abca"), ("^[^a-c]$", "b"),
        ("^.$", "\n"), ("^.$", "\u{2028}"),
        ("^\\d$", "৪"), ("^\\w$", "é"), ("^(?=.*[A-Z])(?=.*\\d).{4,}$", "abcd1"), ("^(?!admin$)\\w+$", "admin"),
        ("\\bcat\\b", "cats"), ("\\Bat", "at"),
        ("^\\p{Lu}$", "é"), ("a^", "a"), ("$a", "a"), ("[]", "a"), ("^(a|b){3}$", "ab"), ("^\\D$", "7"),
        ("^[^\\W]$", "-"),
    ])
    func `a text that does not match is refused`(pattern: String, text: String) throws {
        #expect(try matches(pattern, text) == false)
    }

    @Test(arguments: [
        "(", ")", "[a", "a**", "*a", "\\", "(?<=a)b", "(?<!a)b", "(a)\\1", "\\k<a>", "\\a", "\\p{Script=Greek}",
        "\\p{Nonsense}", "\\p", "\\u12", "\\u{110000}",
        "\\x1", "\\c1", "[b-a]", "[\\d-z]", "a{2,1}", "a{1001}", "(?i)a", "(?<a", "(?=a)*",
        "((((a{500}){500}){500}){500})", "(((){1000}){1000}){1000}", "+",
    ])
    func `a pattern that cannot be used is refused`(pattern: String) throws {
        #expect(try matches(pattern, "") == nil)
    }

    @Test func `groups nested too deep are refused`() throws {
        let depth = 100_000
        #expect(try matches(String(repeating: "(", count: depth) + String(repeating: ")", count: depth), "") == nil)
    }

    @Test func `a text made to keep a pattern busy is refused in bounded time`() throws {
        let text = String(repeating: "a", count: 100_000)
        // A backtracking matcher would not come back from the first in this universe's time.
        #expect(try matches("^(a+)+$", text + "!") == false)
        let schema = try JSONSchemaCompiler().compile(JSONDocument(parsing: #"{"pattern": "(?=(a|aa)+$)b"}"#).root)
        let value = try JSONDocument(parsing: "\"\(text)\"")
        #expect(schema.firstViolation(in: value.root)?.message == "is too long to be compared with (?=(a|aa)+$)b")
    }

    @Test func `a lone surrogate matches as one character`() throws {
        let schema = try JSONSchemaCompiler().compile(JSONDocument(parsing: #"{"pattern": "^.\\uD800$"}"#).root)
        #expect(schema.accepts(try JSONDocument(parsing: #""a\ud800""#).root))
        #expect(!schema.accepts(try JSONDocument(parsing: #""a\ud801""#).root))
    }
}
