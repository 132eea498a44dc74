// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A schema as a TypeScript type, to be read; `switchboard generate typescript` writes the ones to compile.
struct TypeScriptTypes {
    let book: SchemaBook

    /// - Parameter depth: how many schemas this one stands in; one that goes on is cut.
    func text(of schema: DocumentValue, indent: Int = 0, depth: Int = 0) -> String {
        guard depth < 8 else { return "unknown" }
        let flat = self.book.flat(schema)
        if let value = flat["const"] { return value.compactJSON }
        if case .array(let values)? = flat["enum"] { return values.map(\.compactJSON).joined(separator: " | ") }
        for keyword in ["oneOf", "anyOf"] {
            guard case .array(let choices)? = flat[keyword], !choices.isEmpty, flat["properties"] == nil else {
                continue
            }
            return Self.union(choices.map { self.text(of: $0, indent: indent, depth: depth + 1) })
        }
        let names: [String]
        switch flat["type"] {
        case .string(let name)?: names = [name]
        case .array(let several)?: names = several.compactMap(\.text)
        default: names = flat["properties"] == nil ? [] : ["object"]
        }
        guard !names.isEmpty else { return "unknown" }
        return Self.union(names.map { self.text(ofType: $0, flat, indent: indent, depth: depth) })
    }

    private func text(ofType name: String, _ flat: DocumentObject, indent: Int, depth: Int) -> String {
        switch name {
        case "string", "boolean", "null": return name
        case "number", "integer": return "number"
        case "array":
            let item = flat["items"].map { self.text(of: $0, indent: indent, depth: depth + 1) } ?? "unknown"
            return "readonly " + (item.contains(" | ") || item.hasPrefix("readonly ") ? "(\(item))[]" : "\(item)[]")
        default:
            guard let properties = flat["properties"]?.members, !properties.isEmpty else {
                return "Record<string, unknown>"
            }
            let required = Set(flat["required"]?.elements.compactMap(\.text) ?? [])
            let space = String(repeating: "  ", count: indent + 1)
            let lines = properties.map { property in
                let mark = required.contains(property.key) ? "" : "?"
                return
                    "\(space)\(Self.key(property.key))\(mark): \(self.text(of: property.value, indent: indent + 1, depth: depth + 1));"
            }
            return "{\n" + lines.joined(separator: "\n") + "\n" + String(repeating: "  ", count: indent) + "}"
        }
    }

    private static func union(_ types: [String]) -> String {
        var each: [String] = []
        for type in types where !each.contains(type) { each.append(type) }
        return each.joined(separator: " | ")
    }

    private static func key(_ name: String) -> String {
        let isPlain =
            name.utf8.first.map { !(0x30...0x39).contains($0) } == true
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x5F || byte == 0x24
            }
        return isPlain ? name : DocumentValue.quoted(name)
    }
}
