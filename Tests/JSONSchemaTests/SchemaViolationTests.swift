// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Testing

@Suite struct SchemaViolationTests {
    private func violations(_ schema: String, _ value: String, limit: Int = 8) throws -> [String] {
        let compiled = try JSONSchemaCompiler().compile(JSONDocument(parsing: schema).root)
        let document = try JSONDocument(parsing: value)
        let found = compiled.violations(in: document.root, limit: limit)
        #expect(found.isEmpty == compiled.accepts(document.root))
        #expect(compiled.firstViolation(in: document.root) == found.first)
        return found.map { "\($0.instance) \($0.keyword): \($0.message)" }
    }

    @Test(arguments: [
        (#"{"type": "string"}"#, "1", " type: must be a string, is a number"),
        (#"{"type": ["string", "null", "boolean"]}"#, "{}", " type: must be a string, a boolean or null, is an object"),
        (#"{"type": "integer"}"#, "1.5", " type: must be an integer, has a fraction"),
        (#"{"enum": ["a", 1, null]}"#, #""b""#, #" enum: must be one of "a", 1, null"#),
        (#"{"enum": [1, 2, 3, 4, 5, 6, 7, 8, 9]}"#, "10", " enum: must be one of 1, 2, 3, 4, 5, 6, 7, 8, …"),
        (#"{"const": {"a": 1}}"#, "{}", #" const: must be {"a": 1}"#),
        (#"{"minimum": 5}"#, "4.99", " minimum: must be at least 5"),
        (#"{"exclusiveMinimum": 5}"#, "5.0", " exclusiveMinimum: must be more than 5"),
        (#"{"maximum": 9007199254740992}"#, "9007199254740993", " maximum: must be at most 9007199254740992"),
        (#"{"exclusiveMaximum": 0.5}"#, "0.5", " exclusiveMaximum: must be less than 0.5"),
        (#"{"multipleOf": 0.01}"#, "0.005", " multipleOf: must be a multiple of 0.01"),
        (#"{"minLength": 2}"#, #""\ud83d\ude00""#, " minLength: must have at least 2 characters, has 1"),
        (#"{"maxLength": 1}"#, #""ab""#, " maxLength: must have at most 1 character, has 2"),
        (#"{"pattern": "^a$"}"#, #""b""#, " pattern: must match ^a$"),
        (#"{"format": "date"}"#, #""2025-02-30""#, " format: must be a date such as 2025-01-31"),
        (#"{"minItems": 1}"#, "[]", " minItems: must have at least 1 element, has 0"),
        (#"{"maxItems": 0}"#, "[1]", " maxItems: must have at most 0 elements, has 1"),
        (#"{"uniqueItems": true}"#, "[1, 2, 1.0]", " uniqueItems: must not repeat elements, 0 and 2 are the same"),
        (
            #"{"contains": {"type": "null"}}"#, "[1]",
            " contains: must contain at least 1 element of the kind asked for, has 0"
        ),
        (#"{"minProperties": 1}"#, "{}", " minProperties: must have at least 1 member, has 0"),
        (#"{"maxProperties": 1}"#, #"{"a": 1, "b": 2}"#, " maxProperties: must have at most 1 member, has 2"),
        (#"{"required": ["a", "b"]}"#, #"{"a": 1}"#, #" required: must have the member "b""#),
        (#"{"dependentRequired": {"a": ["b"]}}"#, #"{"a": 1}"#, #" dependentRequired: must have the member "b""#),
        (
            #"{"additionalProperties": false}"#, #"{"a/b": 1}"#,
            "/a~1b additionalProperties: is not among the members allowed here"
        ),
        (
            #"{"unevaluatedProperties": false}"#, #"{"a": 1}"#,
            "/a unevaluatedProperties: is not among the members allowed here"
        ),
        (#"{"properties": {"a": false}}"#, #"{"a": 1}"#, "/a false: must not be there"),
        (#"{"propertyNames": {"maxLength": 1}}"#, #"{"ab": 1}"#, "/ab maxLength: must have at most 1 character, has 2"),
        (
            #"{"anyOf": [{"type": "null"}, {"type": "string"}]}"#, "1",
            " anyOf: must match at least one of 2 alternatives, matches none"
        ),
        (#"{"oneOf": [true, true, true]}"#, "1", " oneOf: must match exactly one of 3 alternatives, matches several"),
        (#"{"not": {"type": "number"}}"#, "1", " not: must not match what is excluded"),
        ("false", "1", " false: must not be there"),
    ])
    func `a violation says what must be and what is`(schema: String, value: String, expected: String) throws {
        #expect(try violations(schema, value) == [expected])
    }

    static let order = #"""
        {"type": "object", "required": ["id", "total", "items"],
         "properties": {
            "id": {"type": "string"}, "total": {"type": "number", "minimum": 0},
            "items": {"type": "array", "items": {"$ref": "#/$defs/item"}}},
         "$defs": {"item": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}, "qty": {"type": "integer"}}}}}
        """#

    @Test func `all violations are told, each where it is`() throws {
        let value = #"{"id": 1, "items": [{"sku": "a"}, {"qty": "x"}, 7]}"#
        let all = [
            "/id type: must be a string, is a number", "/items/1/qty type: must be an integer, is a string",
            #"/items/1 required: must have the member "sku""#, "/items/2 type: must be an object, is a number",
            #" required: must have the member "total""#,
        ]
        #expect(try violations(Self.order, value) == all)
        #expect(try violations(Self.order, value, limit: 2) == Array(all.prefix(2)))
        #expect(try violations(Self.order, value, limit: 0) == Array(all.prefix(1)))
    }

    @Test func `every occurrence of a repeated member is checked`() throws {
        #expect(
            try violations(Self.order, #"{"id": 5, "id": "a", "total": 1, "items": []}"#)
                == ["/id type: must be a string, is a number"])
    }

    @Test func `names with escapes are found, and names that only begin alike are not`() throws {
        let schema =
            #"{"required": ["total", "orderNumber"], "properties": {"total": {"type": "number"}, "orderNumberX": false}, "additionalProperties": true}"#
        #expect(try violations(schema, #"{"tot\u0061l": 1, "orderNumber": "a"}"#) == [])
        #expect(
            try violations(schema, #"{"tot\u0061l": "1", "orderNumbex": "a"}"#)
                == ["/total type: must be a number, is a string", #" required: must have the member "orderNumber""#])
    }

    @Test func `a name of 263 bytes is not taken for one of 7`() throws {
        let long = "abcdefg" + String(repeating: "x", count: 256)
        #expect(try violations(#"{"properties": {"\#(long)": false}}"#, #"{"abcdefg": 1}"#) == [])
        #expect(try violations(#"{"properties": {"abcdefg": false}}"#, #"{"\#(long)": 1}"#) == [])
    }

    @Test func `more than 64 required members are all required`() throws {
        let names = (0..<100).map { "\"m\($0)\"" }
        let declared = names.prefix(80).map { "\($0): {\"type\": \"null\"}" }.joined(separator: ",")
        let schema = #"{"required": [\#(names.joined(separator: ","))], "properties": {\#(declared)}}"#
        #expect(try violations(schema, "{" + names.map { "\($0): null" }.joined(separator: ",") + "}") == [])
        for missing in [0, 63, 64, 79, 80, 99] {
            let members = names.enumerated().filter { $0.offset != missing }.map { "\($0.element): null" }
            #expect(
                try violations(schema, "{\(members.joined(separator: ","))}")
                    == [#" required: must have the member "m\#(missing)""#])
        }
    }

    @Test func `a list of many elements is told to have none or one twice`() throws {
        let numbers = (0..<5000).map { "{\"n\": \($0), \"s\": \"\($0)\"}" }
        #expect(try violations(#"{"uniqueItems": true}"#, "[\(numbers.joined(separator: ","))]") == [])
        #expect(
            try violations(
                #"{"uniqueItems": true}"#, "[\(numbers.joined(separator: ",")), {\"s\": \"77\", \"n\": 77.0}]")
                == [" uniqueItems: must not repeat elements, 77 and 5000 are the same"])
    }

    @Test func `a recursive schema checks a value as deep as texts can be`() throws {
        let schema = try JSONSchemaCompiler().compile(
            JSONDocument(parsing: ##"{"type": "array", "items": {"allOf": [{"$ref": "#"}]}}"##).root)
        func nested(_ depth: Int, _ inner: String) throws -> JSONDocument {
            try JSONDocument(
                parsing: String(repeating: "[", count: depth) + inner + String(repeating: "]", count: depth),
                maximumDepth: 512)
        }
        #expect(schema.accepts(try nested(340, "").root))
        #expect(schema.firstViolation(in: try nested(64, "1").root)?.keyword == "type")
        #expect(
            schema.firstViolation(in: try nested(512, "").root)?.message
                == "needs more schemas applied inside each other than are followed")
    }

    @Test func `a schema that is too deep for a value accepts it in no way, not even negated`() throws {
        let schema = try JSONSchemaCompiler().compile(
            JSONDocument(
                parsing:
                    ##"{"not": {"$ref": "#/$defs/list"}, "$defs": {"list": {"items": {"allOf": [{"allOf": [{"$ref": "#/$defs/list"}]}]}}}}"##
            ).root)
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        let value = try JSONDocument(parsing: deep, maximumDepth: 512)
        #expect(!schema.accepts(value.root))
        #expect(schema.violations(in: value.root).count == 1)
    }

    @Test func `a dynamic reference that never descends is refused in bounded time`() throws {
        var compiler = JSONSchemaCompiler()
        compiler.supply(
            try JSONDocument(
                parsing: ##"{"$dynamicAnchor": "n", "allOf": [{"$dynamicRef": "#n"}, {"$dynamicRef": "#n"}]}"##),
            at: "x:base")
        let loop = try compiler.compile(
            JSONDocument(
                parsing:
                    ##"{"$id": "x:top", "$dynamicAnchor": "n", "anyOf": [{"$ref": "x:base"}, {"$ref": "x:base"}]}"##
            ).root)
        let value = try JSONDocument(parsing: "1").root
        #expect(!loop.accepts(value))
        #expect(loop.violations(in: value).map(\.keyword) == ["$ref"])
    }

    @Test func `formats are annotations when they are not asserted`() throws {
        let schema = try JSONDocument(parsing: #"{"format": "uuid"}"#).root
        let value = try JSONDocument(parsing: #""x""#).root
        #expect(try JSONSchemaCompiler(assertsFormats: false).compile(schema).accepts(value))
        #expect(try !JSONSchemaCompiler().compile(schema).accepts(value))
    }
}
