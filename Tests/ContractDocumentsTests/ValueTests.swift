// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContractDocuments

@Suite struct ValueTests {
    @Test func `objects keep their order, and json its numbers`() throws {
        let text = #"{"b":1.50,"a":[1e3,true,null,"x"],"c":{}}"#
        let value = try #require(DocumentValue(parsing: text))
        #expect(value.compactJSON == text)
        #expect(value["b"] == .number("1.50"))
        #expect(DocumentValue(parsing: "{") == nil)
    }

    @Test func `json for people breaks what does not fit a line`() throws {
        let value: DocumentValue = [
            "short": ["a": 1, "b": ["x"]], "long": .array(Array(repeating: "a text of some length", count: 5)),
        ]
        let text = value.json(width: 40)
        #expect(DocumentValue(parsing: text) == value)
        #expect(text.contains("\n"))
        #expect(DocumentValue.array([]).json() == "[]")
        #expect(DocumentValue.object(DocumentObject()).json() == "{}")
    }

    /// Texts that a reader of YAML 1.1 or 1.2 could take for something else, or for syntax, stand in quotes.
    @Test(arguments: [
        "", "true", "No", "on", "null", "~", "1.0", "0x1F", "1e3", "2025-11-05", "- a", "a: b", "a #b", "a:", " a",
        "a ", "{x}", "[x]",
        "&a", "*a", "!a", "|", ">", "%", "@", "`", "\"", "'", "?", ",", "é", "\u{1F600}", "\u{7}", "tab\there",
    ])
    func `yaml quotes what is not plainly a text`(text: String) {
        #expect(DocumentValue.string(text).yaml == DocumentValue.quoted(text) + "\n")
    }

    @Test(arguments: [
        "word", "two words", "order:7", "$ref", "/path/to", "it's", "a-b_c.d (e); f+g", "A sentence of words.",
    ])
    func `yaml leaves plain texts plain`(text: String) {
        #expect(DocumentValue.string(text).yaml == text + "\n")
    }

    @Test func `yaml writes blocks`() {
        let value: DocumentValue = [
            "200": ["description": "one\n\ntwo"], "list": [["a": 1, "b": [[1, 2], []]], "x"], "none": [:],
            "odd": "a\n ",
        ]
        #expect(
            value.yaml == """
                "200":
                  description: |-
                    one

                    two
                list:
                  - a: 1
                    b:
                      - - 1
                        - 2
                      - []
                  - x
                none: {}
                odd: "a\\n "

                """)
    }

    @Test func `objects forget and replace members`() {
        var object = DocumentObject([.init(key: "a", value: 1), .init(key: "b", value: 2), .init(key: "c", value: 3)])
        object["b"] = nil
        object["a"] = 4
        object["none"] = nil
        object.put("d", nil as DocumentValue?)
        object.put("e", "")
        #expect(object.keys == ["a", "c"])
        #expect(object["a"] == 4 && object["c"] == 3 && object["b"] == nil)
    }
}
