// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SocketIO

@Suite("Values")
struct SocketValueTests {
    @Test(
        "What is written follows JavaScript's rules (checklist 67)",
        arguments: [
            (nil, "null"), (true, "true"), (1, "1"), (1.0, "1"), (1e21, "1e+21"), (-0.0, "0"), (0.1, "0.1"),
            (.init(Double.nan), "null"), (.init(Double.infinity), "null"),
            ("a/b\"\\\u{1e}\n\u{2028}é", "\"a/b\\\"\\\\\\u001e\\n\u{2028}é\""),
            ([1, [nil, false]], "[1,[null,false]]"),
            (["b": 1, "a": ["c": "d"], "": []], "{\"b\":1,\"a\":{\"c\":\"d\"},\"\":[]}"),
            (["a": 1, "b": 2, "a": 3], "{\"a\":3,\"b\":2}"),
            (.init(bytes: [1]), "{\"_placeholder\":true,\"num\":0}"),
        ] as [(SocketValue, String)])
    func writing(value: SocketValue, json: String) {
        #expect(value.description == json)
    }

    @Test("Reading gives nil for what it is not, null for what is not there")
    func reading() throws {
        let value = try #require(
            SocketValue(json: "{\"n\":1.0,\"s\":\"a\\ud800\",\"l\":[1,true,null],\"n\":2,\"o\":{\"x\":1}}"))
        #expect(value["n"].int == 2)
        #expect(value["n"].double == 2)
        #expect(value["n"].string == nil)
        #expect(value["s"].string == "a\u{fffd}")
        #expect(value["l"][0].int == 1)
        #expect(value["l"][1].bool == true)
        #expect(value["l"][2].isNull)
        #expect(value["l"][3].isNull)
        #expect(value["l"][-1].isNull)
        #expect(value["no"]["thing"][0].isNull)
        #expect(value["l"].array?.count == 3)
        #expect(value.object?.map(\.key) == ["n", "s", "l", "o"])
        #expect(value.array == nil)
        #expect(value["o"].kind == .object)
        #expect(SocketValue(json: "[1,]") == nil)
        #expect(SocketValue(2.5).int == nil)
        #expect(SocketValue(1e300).int == nil)
        #expect(SocketValue(bytes: [1, 2]).bytes == [1, 2])
    }

    @Test("Equality is by value")
    func equality() throws {
        #expect(try #require(SocketValue(json: "{ \"a\" : 1.0, \"b\": [] }")) == ["b": [], "a": 1])
        #expect(SocketValue(bytes: [1]) != SocketValue(bytes: [2]))
        #expect(["a": .init(bytes: [1])] as SocketValue == ["a": .init(bytes: [1])])
        #expect((1 as SocketValue) != "1")
    }
}

@Suite("Values and types of the program")
struct SocketValueCodingTests {
    private struct Post: Codable, Equatable {
        struct Author: Codable, Equatable {
            var name: String
            var age: UInt8?
        }

        var title: String
        var author: Author
        var tags: [String]
        var score: Double
        var isDraft: Bool
        var file: SocketValue
        var scores: [String: Int]
    }

    @Test("There and back, members in the order of the type")
    func roundTrip() throws {
        let post = Post(
            title: "T", author: .init(name: "A", age: nil), tags: ["x", "y"], score: 1.5, isDraft: true,
            file: SocketValue(bytes: [1, 2]), scores: ["a": 1])
        let value = try SocketValue(encoding: post)
        #expect(
            value.description
                == "{\"title\":\"T\",\"author\":{\"name\":\"A\"},\"tags\":[\"x\",\"y\"],\"score\":1.5,\"isDraft\":true,"
                + "\"file\":{\"_placeholder\":true,\"num\":0},\"scores\":{\"a\":1}}")
        #expect(try value.decode(Post.self) == post)
        #expect(try SocketValue(encoding: [1, 2, 3]).decode([Int].self) == [1, 2, 3])
        #expect(try SocketValue(bytes: [1]).decode([UInt8].self) == [1])
        #expect(try SocketValue(encoding: [[Int]]()).description == "[]")
        #expect(try SocketValue(encoding: "text") == "text")
    }

    @Test(
        "What does not fit is refused",
        arguments: ["{}", "[]", "null", "{\"name\":1}", "{\"name\":\"A\",\"age\":256}", "{\"name\":\"A\",\"age\":1.5}"])
    func refused(json: String) throws {
        let value = try #require(SocketValue(json: json))
        #expect(throws: DecodingError.self) { try value.decode(Post.Author.self) }
    }
}
