// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Testing

@Suite struct SchemaFaultTests {
    /// The faults of a schema, rendered.
    private func faults(
        _ schema: String, at pointer: String = "", supplying supplied: [String: String] = [:],
        allowsUnknown: Bool = false
    ) throws -> [String] {
        var compiler = JSONSchemaCompiler(allowsUnknownKeywords: allowsUnknown)
        for (uri, text) in supplied { compiler.supply(try JSONDocument(parsing: text), at: uri) }
        let root = try JSONDocument(parsing: schema, maximumDepth: 512).root
        let node = try #require(JSONPointer(parsing: pointer).flatMap(root.descendant(at:)))
        do {
            _ = try compiler.compile(node)
            return []
        } catch {
            #expect(!error.faults.isEmpty)
            return error.faults.map(\.description)
        }
    }

    @Test func `an unknown keyword is refused with the nearest known one`() throws {
        #expect(
            try faults(#"{"type": "object", "requird": ["a"]}"#)
                == [#"#/requird: "requird" is not a keyword (did you mean "required"?)"#])
        #expect(
            try faults(#"{"properties": {"a": {"minimun": 1}}}"#)
                == [#"#/properties/a/minimun: "minimun" is not a keyword (did you mean "minimum"?)"#])
        #expect(
            try faults(#"{"definitions": {}}"#)
                == [#"#/definitions: "definitions" is not a keyword (since 2019-09 it is "$defs")"#])
        #expect(try faults(#"{"xyzzy": 1}"#) == [#"#/xyzzy: "xyzzy" is not a keyword"#])
        #expect(try faults(#"{"requird": ["a"]}"#, allowsUnknown: true) == [])
    }

    @Test func `every keyword that only annotates is accepted`() throws {
        #expect(
            try faults(
                #"""
                {"$schema": "https://json-schema.org/draft/2020-12/schema", "$comment": "c", "$vocabulary": {}, "title": "t",
                 "description": "d", "default": 1, "examples": [1], "deprecated": true, "readOnly": true, "writeOnly": false,
                 "contentEncoding": "base64", "contentMediaType": "text/plain", "contentSchema": true}
                """#) == [])
    }

    @Test func `all faults are told at once, each where it is`() throws {
        let found = try faults(
            #"""
            {"type": "strin", "minLength": -1, "maxLength": 1.5, "required": "a", "enum": {}, "multipleOf": 0,
             "properties": {"a~/b": {"pattern": "(", "format": "datetime"}}, "allOf": [], "uniqueItems": 1,
             "$ref": "#/$defs/x", "items": 3, "dependentRequired": {"a": ["b", "b"]}}
            """#)
        #expect(
            Set(found) == [
                #"#/type: "type" must be one of null, boolean, object, array, string, number, integer (did you mean "string"?)"#,
                #"#/minLength: "minLength" must be a whole number, 0 or more, is a number"#,
                #"#/maxLength: "maxLength" must be a whole number, 0 or more, is a number"#,
                #"#/required: "required" must be a list, is a string"#,
                #"#/enum: "enum" must be a list, is an object"#,
                #"#/multipleOf: "multipleOf" must be more than 0"#,
                #"#/properties/a~0~1b/pattern: the pattern "(" has '(' without ')' at character 1"#,
                #"#/properties/a~0~1b/format: "datetime" is not a format (did you mean "date-time"?)"#,
                #"#/allOf: "allOf" must have at least one schema"#,
                #"#/uniqueItems: "uniqueItems" must be true or false, is a number"#,
                ##"#/$ref: there is no schema at "#/$defs/x""##,
                "#/items: a schema must be an object or a boolean",
                #"#/dependentRequired/a/1: "b" is in the list twice"#,
            ])
        #expect(found.count == 13)
    }

    @Test func `a reference that leads nowhere is refused with what is near`() throws {
        let defs = #""$defs": {"OrderCreated": {"$anchor": "created"}}"#
        #expect(
            try faults(##"{"$ref": "#/$defs/OrderCreate", \##(defs)}"##)
                == [##"#/$ref: there is no schema at "#/$defs/OrderCreate" (did you mean "OrderCreated"?)"##])
        #expect(
            try faults(##"{"$ref": "#craeted", \##(defs)}"##)
                == [##"#/$ref: there is no anchor "craeted" (did you mean "created"?)"##])
        #expect(
            try faults(#"{"$ref": "http://a.example/ordr"}"#, supplying: ["http://a.example/order": "{}"])
                == [##"#/$ref: there is no document "http://a.example/ordr" (did you mean "http://a.example/order"?)"##]
        )
        #expect(
            try faults(##"{"$ref": "#/title", "title": "x"}"##)
                == [##"#/$ref: what is at "#/title" is no schema (a schema is an object or a boolean)"##])
        #expect(
            try faults(##"{"$ref": "#/%zz"}"##) == [##"#/$ref: the reference "#/%zz" has a wrong percent-encoding"##])
        #expect(try faults(##"{"$ref": "#/a~2"}"##) == [##"#/$ref: there is no schema at "#/a~2""##])
    }

    @Test func `a schema that applies itself to the same value is refused`() throws {
        let end =
            "the schema applies itself to the same value, without end (a schema may refer to itself only for members or elements of the value)"
        #expect(try faults(##"{"$ref": "#"}"##) == ["#: \(end)"])
        #expect(try faults(##"{"$dynamicRef": "#"}"##) == ["#: \(end)"])
        #expect(try faults(##"{"$dynamicAnchor": "a", "$dynamicRef": "#a"}"##) == ["#: \(end)"])
        for keyword in ["allOf", "anyOf", "oneOf"] {
            #expect(
                try faults(##"{"properties": {"a": {"\##(keyword)": [true, {"$ref": "#/properties/a"}]}}}"##)
                    == ["#/properties/a: \(end)"])
        }
        for keyword in ["not", "if", "then", "else"] {
            #expect(try faults(##"{"\##(keyword)": {"$ref": "#"}}"##) == ["#: \(end)"])
        }
        #expect(try faults(##"{"dependentSchemas": {"x": {"$ref": "#"}}}"##) == ["#: \(end)"])
        #expect(try faults(##"{"properties": {"a": {"$ref": "#"}}, "items": {"$ref": "#"}}"##) == [])
    }

    @Test func `a fault in a supplied document names the document`() throws {
        #expect(
            try faults(
                #"{"$ref": "other.json#/$defs/a"}"#, supplying: ["other.json": #"{"$defs": {"a": {"typ": "null"}}}"#])
                == [#"other.json#/$defs/a/typ: "typ" is not a keyword (did you mean "type"?)"#])
    }

    @Test func `a schema inside a larger document refers to its neighbours from the root`() throws {
        let contract =
            ##"{"events": {"a": {"data": {"$ref": "#/schemas/A"}}}, "schemas": {"A": {"typ": 1}, "B": {"nonsense": 1}}}"##
        #expect(
            try faults(contract, at: "/events/a/data")
                == [#"#/schemas/A/typ: "typ" is not a keyword (did you mean "type"?)"#])
    }

    @Test func `an identifier or anchor used twice is refused`() throws {
        #expect(
            try faults(#"{"$defs": {"a": {"$id": "x:a"}, "b": {"$id": "x:a"}}}"#)
                == [##"#/$defs/b/$id: another schema has this "$id""##])
        #expect(
            try faults(#"{"$defs": {"a": {"$anchor": "a"}, "b": {"$dynamicAnchor": "a"}}}"#)
                == [##"#/$defs/b: another schema has the anchor "a""##])
        #expect(try faults(#"{"$anchor": "1a"}"#).count == 1)
        #expect(try faults(##"{"$id": "x:a#b"}"##) == [##"#/$id: "$id" must be a URI without fragment"##])
    }

    @Test func `another dialect is refused`() throws {
        #expect(
            try faults(#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#) == [
                #"#/$schema: the dialect "http://json-schema.org/draft-07/schema" is not supported (it is "https://json-schema.org/draft/2020-12/schema")"#
            ])
    }

    @Test func `a keyword written twice is refused`() throws {
        #expect(try faults(#"{"type": "null", "type": "string"}"#) == [##"#/type: "type" is there twice"##])
    }

    @Test func `schemas nested as deep as texts can be are compiled`() throws {
        let depth = 511
        let schema = String(repeating: #"{"not": "#, count: depth) + "true" + String(repeating: "}", count: depth)
        #expect(try faults(schema) == [])
    }
}
