// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A line of the table that shows a payload to people.
struct SchemaField: Equatable {
    var name: String
    /// 0 for a property of the payload itself.
    var depth: Int
    /// Such as `string`, `"open" | "closed"`, `array of number`.
    var type: String
    var isRequired: Bool
    /// Such as `at least 1 character`.
    var notes: [String]
    var description: String?
}

extension SchemaBook {
    /// How deep a table goes into a payload.
    private static let deepestField = 6
    /// How many lines it has at most.
    private static let mostFields = 300

    /// The properties of a schema and, under each, its own, in the order of the contract.
    func fields(of schema: DocumentValue) -> [SchemaField] {
        var fields: [SchemaField] = []
        self.append(self.flat(schema), to: &fields, depth: 0, within: schema["$ref"]?.text.map { [$0] } ?? [])
        return fields
    }

    /// - Parameter within: the references that led here; what refers to one of them again is not unfolded.
    private func append(
        _ flat: DocumentObject, to fields: inout [SchemaField], depth: Int, within references: Set<String>
    ) {
        guard depth < Self.deepestField else { return }
        let required = Set(flat["required"]?.elements.compactMap(\.text) ?? [])
        for property in flat["properties"]?.members ?? [] {
            guard fields.count < Self.mostFields else { return }
            let inner = self.flat(property.value)
            fields.append(
                SchemaField(
                    name: property.key, depth: depth, type: self.type(of: property.value),
                    isRequired: required.contains(property.key), notes: SchemaWords.notes(inner),
                    description: inner["description"]?.text))
            let next = Set([property.value, inner["items"]].compactMap { $0?["$ref"]?.text })
            guard next.isDisjoint(with: references) else { continue }
            self.append(self.inner(of: inner), to: &fields, depth: depth + 1, within: references.union(next))
        }
    }

    /// Whose properties stand under a property: its own, or those of its elements.
    private func inner(of flat: DocumentObject) -> DocumentObject {
        if flat["properties"] == nil, let items = flat["items"] { return self.inner(of: self.flat(items)) }
        return flat
    }

    /// What a value is, in a few words.
    func type(of schema: DocumentValue, depth: Int = 0) -> String {
        if case .bool(let allows) = schema { return allows ? "any" : "nothing" }
        guard depth < 8 else { return "any" }
        let flat = self.flat(schema)
        if let value = flat["const"] { return value.compactJSON }
        if case .array(let values)? = flat["enum"] { return values.map(\.compactJSON).joined(separator: " | ") }
        for keyword in ["oneOf", "anyOf"] {
            guard case .array(let choices)? = flat[keyword], !choices.isEmpty, flat["properties"] == nil else {
                continue
            }
            var types: [String] = []
            for choice in choices {
                let type = self.type(of: choice, depth: depth + 1)
                if !types.contains(type) { types.append(type) }
            }
            return types.joined(separator: " | ")
        }
        let names: [String]
        switch flat["type"] {
        case .string(let name)?: names = [name]
        case .array(let several)?: names = several.compactMap(\.text)
        default: names = flat["properties"] != nil ? ["object"] : flat["items"] != nil ? ["array"] : []
        }
        guard !names.isEmpty else { return "any" }
        return names.map { name in
            guard name == "array", let items = flat["items"] else { return name }
            let type = self.type(of: items, depth: depth + 1)
            return "array of " + (type.contains(" | ") ? "(\(type))" : type)
        }.joined(separator: " | ")
    }
}
