// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct JSONNodeTests {
    private func node(_ text: String) throws -> JSONNode { try JSONDocument(parsing: text).root }

    @Test func `an object keeps its members' order and their raw text`() throws {
        let order = try node(#"{"z": {"b": 1,  "a": [ ]}, "y": 1.50, "x": "\u0041"}"#)
        #expect(order.members.map(\.name) == ["z", "y", "x"])
        #expect(
            order.members.map { String(decoding: $0.value.rawBytes, as: UTF8.self) }
                == [#"{"b": 1,  "a": [ ]}"#, "1.50", #""\u0041""#])
        #expect(order["y"]?.withRaw { $0.count } == 4)
        #expect(order.count == 3 && order["z"]?.count == 2 && order["z"]?["a"]?.count == 0)
    }

    @Test func `of a repeated name the last value counts`() throws {
        let object = try node(#"{"a": 1, "b": {"a": 9}, "\u0061": 2}"#)
        #expect(object["a"]?.int == 2)
        #expect(object.count == 3)
    }

    @Test func `a missing member, an index outside and another kind give nil`() throws {
        let value = try node(#"{"list": [1, 2], "text": "1"}"#)
        #expect(value["none"] == nil)
        #expect(value["list"]?[2] == nil)
        #expect(value["list"]?[-1] == nil)
        #expect(value["list"]?["0"] == nil)
        #expect(value[0] == nil)
        #expect(value["text"]?.int == nil && value["text"]?.bool == nil && value["list"]?.string == nil)
        #expect(Array(value.elements.map(\.index)).isEmpty)
        #expect(Array(value["list"]!.members.map(\.name)).isEmpty)
    }

    @Test func `a string is decoded with its escapes, surrogate pairs and lone surrogates`() throws {
        #expect(
            try node(#""a\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00z""#).string
                == "a\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{20ac}\u{1F600}z")
        #expect(try node(#""\ud800x""#).string == "\u{FFFD}x")
        #expect(try node(#""\udc00\ud800\u0041""#).string == "\u{FFFD}\u{FFFD}A")
        #expect(try node(#""\u0000""#).string == "\0")
    }

    @Test func `comparing with a string decodes escapes and does not normalize`() throws {
        #expect(try node(#""café""#).isString(equalTo: "caf\u{e9}"))
        #expect(try !node(#""café""#).isString(equalTo: "cafe\u{301}"))
        #expect(try node(#""\u0061b""#).isString(equalTo: "ab"))
        #expect(try !node(#""\u0061b""#).isString(equalTo: "abc"))
        #expect(try !node("1").isString(equalTo: "1"))
        #expect(try !node(#""\ud800""#).isString(equalTo: "\u{FFFD}"))
    }

    @Test func `a whole number is an integer however it is written, while it fits`() throws {
        #expect(try node("-0").int == 0)
        #expect(try node("1.0").int == 1)
        #expect(try node("12.50e1").int == 125)
        #expect(try node("0.001e3").int == 1)
        #expect(try node("9223372036854775807").int == .max)
        #expect(try node("-9223372036854775808").int == .min)
        #expect(try node("9223372036854775808").int == nil)
        #expect(try node("1.5").int == nil)
        #expect(try node("1e99999999999999999999").int == nil)
        #expect(try node("1e400").double == nil)
        #expect(try node("2.5e-3").double == 0.0025)
        #expect(try node("1.10").numberText == "1.10")
    }

    @Test func `same values are the same however they are written`() throws {
        let same = [
            ("1", "1.0"), ("100", "1e2"), ("0", "-0.0e7"), (#""é""#, #""\u00e9""#),
            (#"{"a":1,"b":[2]}"#, #"{"b":[2.0],"a":1}"#),
            (#"{"a":1,"a":2}"#, #"{"a":2}"#), ("123456789012345678901234567890", "12345678901234567890123456789e1"),
        ]
        for (left, right) in same {
            #expect(try node(left).isSameValue(as: node(right)), "\(left) \(right)")
            #expect(try node(right).isSameValue(as: node(left)), "\(left) \(right)")
        }
        let different = [
            ("1", "-1"), ("1", "true"), ("9007199254740993", "9007199254740992"), (#""\ud800""#, #""\ud801""#),
            ("[1,2]", "[2,1]"),
            ("[1]", "[1,1]"), (#"{"a":1}"#, #"{"a":1,"b":1}"#), (#"{"a":1}"#, #"{"b":1}"#), ("null", "false"),
            ("[]", "{}"),
        ]
        for (left, right) in different {
            #expect(try !node(left).isSameValue(as: node(right)), "\(left) \(right)")
        }
    }

    @Test func `a pointer found for a value leads back to it`() throws {
        let document = try JSONDocument(parsing: #"{"a/b":[1,{"c~d":[[],{"":2}]}],"e":3}"#)
        let inner = document.root["a/b"]?[1]?["c~d"]?[1]?[""]
        #expect(inner?.pointer.description == "/a~1b/1/c~0d/1/")
        #expect(document.root["e"]?.pointer.description == "/e")
        #expect(document.root.pointer.description == "")
        let pointer = try #require(JSONPointer(parsing: "/a~1b/1/c~0d/1/"))
        #expect(document.root.descendant(at: pointer)?.int == 2)
        #expect(document.root.descendant(at: JSONPointer().appending(key: "a/b").appending(index: 0))?.int == 1)
        #expect(document.root.descendant(at: JSONPointer(["a/b", "01"])) == nil)
        #expect(document.root.descendant(at: JSONPointer(["a/b", ""])) == nil)
        #expect(document.root.descendant(at: JSONPointer(["e", "x"])) == nil)
        #expect(
            JSONPointer(parsing: "a") == nil && JSONPointer(parsing: "/~2") == nil && JSONPointer(parsing: "/~") == nil)
    }
}
