// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// What a schema says that types do not, in sentences.
enum SchemaNotes {
    static func notes(of schema: JSONNode) -> [String] {
        guard schema.kind == .object else { return [] }
        var notes: [String] = []
        if let text = schema["description"]?.string ?? schema["title"]?.string, !text.isEmpty { notes.append(text) }
        if let format = schema["format"]?.string { notes.append("Format: \(format).") }
        if let pattern = schema["pattern"]?.string { notes.append("Fits \(pattern)") }
        if let range = Self.range(schema, "minimum", "maximum") { notes.append("\(range).") }
        if let least = schema["exclusiveMinimum"]?.numberText { notes.append("More than \(least).") }
        if let most = schema["exclusiveMaximum"]?.numberText { notes.append("Less than \(most).") }
        if let range = Self.range(schema, "minLength", "maxLength") {
            notes.append("\(range)\(Self.unit(range, "character")).")
        }
        if let range = Self.range(schema, "minItems", "maxItems") {
            notes.append("\(range)\(Self.unit(range, "element")).")
        }
        if schema["deprecated"]?.bool == true { notes.append("Deprecated.") }
        return notes
    }

    private static func unit(_ range: String, _ word: String) -> String {
        range.hasSuffix(" 1") ? " \(word)" : " \(word)s"
    }

    private static func range(_ schema: JSONNode, _ least: String, _ most: String) -> String? {
        switch (schema[least]?.numberText, schema[most]?.numberText) {
        case (let least?, let most?): "\(least) to \(most)"
        case (let least?, nil): "At least \(least)"
        case (nil, let most?): "At most \(most)"
        case (nil, nil): nil
        }
    }
}
