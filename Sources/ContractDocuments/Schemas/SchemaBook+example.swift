// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SchemaBook {
    /// A value that fits a schema as far as its types, choices and least values say; patterns are not tried.
    ///
    /// Objects have their required members, and all of them when none is required.
    ///
    /// - Parameter hints: what fields of these names have elsewhere; taken where the type is the same.
    func example(
        of schema: DocumentValue, hints: [String: DocumentValue] = [:], name: String = "", depth: Int = 0
    ) -> DocumentValue {
        let flat = self.flat(schema)
        if let value = flat["const"] ?? flat["example"] ?? flat["examples"]?.elements.first ?? flat["default"]
            ?? flat["enum"]?.elements.first
        {
            return value
        }
        if let choice = flat["oneOf"]?.elements.first ?? flat["anyOf"]?.elements.first, flat["properties"] == nil,
            flat["type"] == nil
        {
            return depth < 8 ? self.example(of: choice, hints: hints, name: name, depth: depth + 1) : .null
        }
        let type = flat["type"]?.text ?? flat["type"]?.elements.first?.text
        if let hint = hints[name], Self.isType(type, of: hint) { return hint }
        switch type ?? (flat["properties"] == nil ? "" : "object") {
        case "string": return .string(Self.text(flat, name: name))
        case "integer", "number": return .number(Self.number(flat))
        case "boolean": return true
        case "null": return .null
        case "array":
            guard depth < 8, let items = flat["items"] else { return [] }
            // One of `services` is a `service`.
            let one = hints[name] == nil && name.hasSuffix("s") ? String(name.dropLast()) : name
            return .array([self.example(of: items, hints: hints, name: one, depth: depth + 1)])
        case "object":
            guard depth < 8 else { return [:] }
            let required = Set(flat["required"]?.elements.compactMap(\.text) ?? [])
            var object = DocumentObject()
            for property in flat["properties"]?.members ?? [] where required.isEmpty || required.contains(property.key)
            {
                object[property.key] = self.example(
                    of: property.value, hints: hints, name: property.key, depth: depth + 1)
            }
            return .object(object)
        default: return type == nil && depth > 0 ? "…" : [:]
        }
    }

    private static func isType(_ type: String?, of value: DocumentValue) -> Bool {
        switch (type, value) {
        case ("string", .string), ("number", .number), ("boolean", .bool): true
        case ("integer", .number(let text)): Int(text) != nil
        default: false
        }
    }

    private static func text(_ flat: DocumentObject, name: String) -> String {
        switch flat["format"]?.text {
        case "date-time"?: return "2025-11-05T12:00:00.000Z"
        case "date"?: return "2025-11-05"
        case "time"?: return "12:00:00Z"
        case "uuid"?: return "7b0c5e0a-4f3d-4c8e-9a51-2d6f1b8e7c90"
        case "email"?: return "ann@example.com"
        case "uri"?: return "https://example.com/"
        default: return name.isEmpty ? "text" : name
        }
    }

    private static func number(_ flat: DocumentObject) -> String {
        if case .number(let least)? = flat["minimum"], least != "0" { return least }
        if case .number(let most)? = flat["maximum"], Double(most).map({ $0 < 1 }) == true { return most }
        return "1"
    }
}
