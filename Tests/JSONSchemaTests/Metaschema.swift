// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// The metaschema of JSON Schema 2020-12, which some of the public cases refer to, by URI.
enum Metaschema {
    static func documents() throws -> [(uri: String, document: JSONDocument)] {
        try Self.texts.map { name, text in
            ("https://json-schema.org/draft/2020-12/\(name)", try JSONDocument(parsing: Self.completed(name, text)))
        }
    }

    /// Adds what all its parts have in common.
    private static func completed(_ name: String, _ text: String) -> String {
        """
        {"$schema": "https://json-schema.org/draft/2020-12/schema",
         "$id": "https://json-schema.org/draft/2020-12/\(name)", "$dynamicAnchor": "meta",
         "type": ["object", "boolean"], \(text)}
        """
    }

    private static let texts: [(name: String, text: String)] = [
        (
            "schema",
            """
            "allOf": [{"$ref": "meta/core"}, {"$ref": "meta/applicator"}, {"$ref": "meta/unevaluated"},
                {"$ref": "meta/validation"}, {"$ref": "meta/meta-data"}, {"$ref": "meta/format-annotation"},
                {"$ref": "meta/content"}]
            """
        ),
        (
            "meta/core",
            """
            "properties": {
                "$id": {"$ref": "#/$defs/uriReferenceString", "pattern": "^[^#]*#?$"},
                "$schema": {"$ref": "#/$defs/uriString"}, "$ref": {"$ref": "#/$defs/uriReferenceString"},
                "$anchor": {"$ref": "#/$defs/anchorString"}, "$dynamicRef": {"$ref": "#/$defs/uriReferenceString"},
                "$dynamicAnchor": {"$ref": "#/$defs/anchorString"},
                "$vocabulary": {"type": "object", "propertyNames": {"$ref": "#/$defs/uriString"},
                    "additionalProperties": {"type": "boolean"}},
                "$comment": {"type": "string"},
                "$defs": {"type": "object", "additionalProperties": {"$dynamicRef": "#meta"}}},
            "$defs": {
                "anchorString": {"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"},
                "uriString": {"type": "string", "format": "uri"},
                "uriReferenceString": {"type": "string", "format": "uri-reference"}}
            """
        ),
        (
            "meta/applicator",
            """
            "properties": {
                "prefixItems": {"$ref": "#/$defs/schemaArray"}, "items": {"$dynamicRef": "#meta"},
                "contains": {"$dynamicRef": "#meta"}, "additionalProperties": {"$dynamicRef": "#meta"},
                "properties": {"type": "object", "additionalProperties": {"$dynamicRef": "#meta"}, "default": {}},
                "patternProperties": {"type": "object", "additionalProperties": {"$dynamicRef": "#meta"},
                    "propertyNames": {"format": "regex"}, "default": {}},
                "dependentSchemas": {"type": "object", "additionalProperties": {"$dynamicRef": "#meta"}, "default": {}},
                "propertyNames": {"$dynamicRef": "#meta"}, "if": {"$dynamicRef": "#meta"},
                "then": {"$dynamicRef": "#meta"}, "else": {"$dynamicRef": "#meta"},
                "allOf": {"$ref": "#/$defs/schemaArray"}, "anyOf": {"$ref": "#/$defs/schemaArray"},
                "oneOf": {"$ref": "#/$defs/schemaArray"}, "not": {"$dynamicRef": "#meta"}},
            "$defs": {"schemaArray": {"type": "array", "minItems": 1, "items": {"$dynamicRef": "#meta"}}}
            """
        ),
        (
            "meta/unevaluated",
            """
            "properties": {"unevaluatedItems": {"$dynamicRef": "#meta"}, "unevaluatedProperties": {"$dynamicRef": "#meta"}}
            """
        ),
        (
            "meta/validation",
            """
            "properties": {
                "type": {"anyOf": [{"$ref": "#/$defs/simpleTypes"},
                    {"type": "array", "items": {"$ref": "#/$defs/simpleTypes"}, "minItems": 1, "uniqueItems": true}]},
                "const": true, "enum": {"type": "array", "items": true},
                "multipleOf": {"type": "number", "exclusiveMinimum": 0}, "maximum": {"type": "number"},
                "exclusiveMaximum": {"type": "number"}, "minimum": {"type": "number"},
                "exclusiveMinimum": {"type": "number"}, "maxLength": {"$ref": "#/$defs/count"},
                "minLength": {"$ref": "#/$defs/count"}, "pattern": {"type": "string", "format": "regex"},
                "maxItems": {"$ref": "#/$defs/count"}, "minItems": {"$ref": "#/$defs/count"},
                "uniqueItems": {"type": "boolean", "default": false}, "maxContains": {"$ref": "#/$defs/count"},
                "minContains": {"$ref": "#/$defs/count"}, "maxProperties": {"$ref": "#/$defs/count"},
                "minProperties": {"$ref": "#/$defs/count"}, "required": {"$ref": "#/$defs/stringArray"},
                "dependentRequired": {"type": "object", "additionalProperties": {"$ref": "#/$defs/stringArray"}}},
            "$defs": {
                "count": {"type": "integer", "minimum": 0},
                "simpleTypes": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]},
                "stringArray": {"type": "array", "items": {"type": "string"}, "uniqueItems": true, "default": []}}
            """
        ),
        (
            "meta/meta-data",
            """
            "properties": {
                "title": {"type": "string"}, "description": {"type": "string"}, "default": true,
                "deprecated": {"type": "boolean", "default": false}, "readOnly": {"type": "boolean", "default": false},
                "writeOnly": {"type": "boolean", "default": false}, "examples": {"type": "array", "items": true}}
            """
        ),
        ("meta/format-annotation", #""properties": {"format": {"type": "string"}}"#),
        ("meta/format-assertion", #""properties": {"format": {"type": "string"}}"#),
        (
            "meta/content",
            """
            "properties": {"contentEncoding": {"type": "string"}, "contentMediaType": {"type": "string"},
                "contentSchema": {"$dynamicRef": "#meta"}}
            """
        ),
    ]
}
