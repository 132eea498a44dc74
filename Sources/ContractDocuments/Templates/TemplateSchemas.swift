// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Makes of a template the schema of what it becomes.
struct TemplateSchemas {
    let book: SchemaBook
    /// Schemas of the roots that differ from place to place: `args`, `body`, `publication.data`, `result.publications`.
    var roots: [String: DocumentValue] = [:]
    /// What stands at a place as it is, such as a reference at `publication.data`.
    var references: [String: DocumentValue] = [:]

    /// - Parameter constants: values of places that are known here, such as the name of an event.
    func schema(of template: DocumentValue, where constants: [String: DocumentValue]) -> DocumentValue {
        var copy = self
        for (path, value) in constants { copy.references[path] = ["const": value] }
        return copy.schema(of: template)
    }

    func schema(of template: DocumentValue) -> DocumentValue {
        switch template {
        case .null: return ["type": "null"]
        case .bool, .number: return ["const": template]
        case .string(let text): return self.schema(of: TemplateText(text))
        case .array(let elements): return self.schema(of: elements)
        case .object(let object):
            guard !object.isEmpty else { return ["type": "object"] }
            var properties = DocumentObject()
            var required: [DocumentValue] = []
            for member in object.members {
                properties[member.key] = self.schema(of: member.value)
                if case .string(let text) = member.value, TemplateText(text).onlyPlace?.isOptional == true { continue }
                required.append(.string(member.key))
            }
            var schema: DocumentObject = DocumentObject()
            schema["type"] = "object"
            if !required.isEmpty { schema["required"] = .array(required) }
            schema["properties"] = .object(properties)
            return .object(schema)
        }
    }

    private func schema(of elements: [DocumentValue]) -> DocumentValue {
        if elements.count == 1, let text = elements[0].text, let place = TemplateText(text).onlyPlace, place.isSpread {
            return self.schema(of: place) ?? ["type": "array"]
        }
        guard let first = elements.first else { return ["type": "array"] }
        return ["type": "array", "items": elements.count == 1 ? self.schema(of: first) : true]
    }

    private func schema(of text: TemplateText) -> DocumentValue {
        if let plain = text.plain { return ["const": .string(plain)] }
        guard let place = text.onlyPlace else { return ["type": "string"] }
        let schema = self.schema(of: place) ?? true
        guard let fallback = place.fallback else { return schema }
        let value = TemplateExamples.value(ofFallback: fallback)
        return schema == true ? true : ["anyOf": [schema, ["const": value]]]
    }

    private func schema(of place: TemplateText.Place) -> DocumentValue? {
        if let known = self.references[place.path.joined(separator: ".")] { return known }
        for count in stride(from: place.path.count, to: 0, by: -1) {
            guard let root = self.roots[place.path.prefix(count).joined(separator: ".")] else { continue }
            let path = place.path.dropFirst(count)
            guard let schema = self.book.property(path, of: root) else { return nil }
            // What the sender may leave out is null here, unless the place says otherwise.
            let isThere = place.isOptional || place.fallback != nil || self.book.requires(path, of: root)
            return isThere || schema == true ? schema : ["anyOf": [schema, ["type": "null"]]]
        }
        return PlaceTypes.schema(of: place.path)
    }
}
