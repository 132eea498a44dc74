// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// The keywords of JSON Schema 2020-12.
enum SchemaKeyword: String, CaseIterable {
    case schema = "$schema"
    case id = "$id"
    case anchor = "$anchor"
    case dynamicAnchor = "$dynamicAnchor"
    case ref = "$ref"
    case dynamicRef = "$dynamicRef"
    case defs = "$defs"
    case comment = "$comment"
    case vocabulary = "$vocabulary"

    case title, description, `default`, examples, deprecated, readOnly, writeOnly
    case contentEncoding, contentMediaType, contentSchema

    case type, `enum`, const
    case multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum
    case maxLength, minLength, pattern, format
    case maxItems, minItems, uniqueItems, maxContains, minContains
    case maxProperties, minProperties, required, dependentRequired

    case prefixItems, items, contains
    case properties, patternProperties, additionalProperties, propertyNames, dependentSchemas
    case allOf, anyOf, oneOf, not
    case `if`, then, `else`
    case unevaluatedItems, unevaluatedProperties

    /// Where a keyword's value holds schemas.
    enum Shape {
        case value, schema, schemas, schemasByName
    }

    var shape: Shape {
        switch self {
        case .contentSchema, .items, .contains, .additionalProperties, .propertyNames, .not, .if, .then, .else,
            .unevaluatedItems, .unevaluatedProperties:
            .schema
        case .prefixItems, .allOf, .anyOf, .oneOf: .schemas
        case .defs, .properties, .patternProperties, .dependentSchemas: .schemasByName
        default: .value
        }
    }

    /// Part of the validation vocabulary, which a metaschema can leave out.
    var isValidation: Bool {
        switch self {
        case .type, .enum, .const, .multipleOf, .maximum, .exclusiveMaximum, .minimum, .exclusiveMinimum, .maxLength,
            .minLength, .pattern, .maxItems, .minItems, .uniqueItems, .maxContains, .minContains, .maxProperties,
            .minProperties, .required, .dependentRequired:
            true
        default: false
        }
    }

    /// What to write instead of a keyword there is none of.
    static func hint(for unknown: String) -> String? {
        switch unknown {
        case "definitions": "since 2019-09 it is \"$defs\""
        case "dependencies": "since 2019-09 it is \"dependentRequired\" or \"dependentSchemas\""
        case "id": "it is \"$id\""
        case "additionalItems": "since 2020-12 it is \"items\", after \"prefixItems\""
        case "nullable": "add \"null\" to \"type\" instead"
        case "example": "it is \"examples\", a list"
        case "$recursiveRef", "$recursiveAnchor": "since 2020-12 it is \"$dynamicRef\" and \"$dynamicAnchor\""
        default: Spelling.suggestion(for: unknown, among: Self.allCases.map(\.rawValue))
        }
    }
}
