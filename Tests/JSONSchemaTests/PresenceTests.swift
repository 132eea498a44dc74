// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Testing

@Suite struct PresenceTests {
    private func presence(_ path: String, in schema: String) throws -> Presence {
        let compiled = try JSONSchemaCompiler().compile(JSONDocument(parsing: schema).root)
        return compiled.property(path.split(separator: ".").map(String.init))
    }

    static let order = #"""
        {"type": "object", "required": ["orderId", "buyer", "items"], "additionalProperties": false,
         "properties": {
            "orderId": {"type": "string"}, "note": {"type": ["string", "null"]}, "anything": true,
            "buyer": {"$ref": "#/$defs/party"}, "vendor": {"$ref": "#/$defs/party"},
            "maybe": {"type": ["object", "null"], "required": ["id"], "properties": {"id": {"type": "string"}}},
            "items": {"type": "array", "items": {"required": ["sku"], "properties": {"sku": {"const": "a"}}}},
            "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false, "minItems": 1}},
         "$defs": {"party": {"type": "object", "allOf": [{"required": ["did"]}, {"properties": {"did": {"type": "string"}}}]}}}
        """#

    @Test(
        arguments: [
            ("", .required(.object)), ("orderId", .required(.string)), ("note", .optional([.string, .null])),
            ("buyer.did", .required(.string)),
            ("vendor.did", .optional(.string)), ("vendor.name", .unknown), ("maybe.id", .optional(.string)),
            ("anything", .optional(.any)),
            ("anything.deep", .unknown), ("none", .impossible), ("orderId.x", .impossible),
            ("items.[]", .required(.any)),
            ("items.[].sku", .required(.string)), ("items.0.sku", .optional(.string)), ("items.sku", .impossible),
            ("pair.0", .optional(.string)),
            ("pair.1", .optional(.integer)), ("pair.2", .impossible), ("buyer.[]", .impossible),
        ] as [(String, Presence)])
    func `a path of an order is known`(path: String, expected: Presence) throws {
        #expect(try presence(path, in: Self.order) == expected)
    }

    @Test func `a member of only some alternatives is optional, and one of none is impossible`() throws {
        let schema = #"""
            {"type": "object", "oneOf": [
                {"required": ["a", "kind"], "properties": {"kind": {"const": "x"}, "a": {"type": "string"}}, "additionalProperties": false},
                {"required": ["b", "kind"], "properties": {"kind": {"const": 1}, "b": {"type": "null"}}, "additionalProperties": false}]}
            """#
        #expect(try presence("kind", in: schema) == .required([.string, .number]))
        #expect(try presence("a", in: schema) == .optional(.string))
        #expect(try presence("c", in: schema) == .impossible)
    }

    @Test func `what an open schema does not mention is unknown, and what a map has is optional`() throws {
        #expect(try presence("a", in: "true") == .unknown)
        #expect(try presence("a", in: "false") == .impossible)
        #expect(try presence("a", in: #"{"required": ["a"]}"#) == .required(.any))
        #expect(try presence("a.b", in: #"{"required": ["a"]}"#) == .unknown)
        #expect(
            try presence("a", in: #"{"type": "object", "additionalProperties": {"type": "string"}}"#)
                == .optional(.string))
        #expect(
            try presence("ab", in: #"{"patternProperties": {"^a": {"type": "null"}}, "additionalProperties": false}"#)
                == .optional(.null))
        #expect(
            try presence("b", in: #"{"patternProperties": {"^a": {"type": "null"}}, "additionalProperties": false}"#)
                == .impossible)
    }

    @Test func `a schema closed over its parts has the members of its parts only`() throws {
        let schema =
            #"{"allOf": [{"properties": {"a": {"type": "string"}}}], "properties": {"b": true}, "unevaluatedProperties": false}"#
        #expect(try presence("a", in: schema) == .optional(.string))
        #expect(try presence("b", in: schema) == .optional(.any))
        #expect(try presence("c", in: schema) == .impossible)
    }

    @Test func `both branches of a condition count`() throws {
        let schema = #"""
            {"type": "object", "if": {"required": ["x"]}, "then": {"required": ["a"], "properties": {"a": {"type": "string"}}},
             "else": {"required": ["a"], "properties": {"a": {"type": "null"}}}}
            """#
        #expect(try presence("a", in: schema) == .required([.string, .null]))
        #expect(try presence("a", in: #"{"if": true, "then": {"properties": {"a": false}}}"#) == .unknown)
    }

    @Test func `types that exclude each other make a path impossible`() throws {
        #expect(
            try presence(
                "a",
                in: #"{"properties": {"a": {"type": "string"}}, "allOf": [{"properties": {"a": {"type": "null"}}}]}"#)
                == .impossible)
        #expect(try presence("a", in: #"{"type": "string"}"#) == .impossible)
    }

    @Test func `a recursive schema is followed as far as the path goes`() throws {
        let schema =
            ##"{"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}, "v": {"type": "integer"}}}"##
        #expect(try presence("next.next.next.v", in: schema) == .optional(.integer))
        #expect(try presence("next.next.next", in: schema) == .required(.object))
    }

    @Test func `alternatives inside each other without end are given up on`() throws {
        let choice = #"{"anyOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"type": "null"}}}]}"#
        let schema = #"{"allOf": [\#(Array(repeating: choice, count: 40).joined(separator: ","))]}"#
        #expect(try presence("a", in: schema) == .unknown)
    }
}
