// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// The schemas of a contract as a document has them, each under a name of its own in `components/schemas`.
///
/// A contract writes `#/schemas/NAME` for a schema of its map, and any other reference that begins with `#` is about the schema
/// in which it stands. In here every reference is `#/components/schemas/NAME…`, so that it holds wherever it is put.
struct SchemaBook {
    /// The name that the form of refusals has in OpenAPI.
    static let problem = "Problem"
    static let prefix = "#/components/schemas/"

    /// In the order of the contract, then as they were added.
    private(set) var components = DocumentObject()
    private var names: [String: String] = [:]
    private var keys = DocumentKeys(reserved: [Self.problem])

    /// - Parameter schemas: names as the contract has them, with their JSON texts.
    init(_ schemas: [(name: String, text: String)]) {
        for schema in schemas {
            let name = self.keys.key(for: schema.name)
            self.names[schema.name] = name
            self.components[name] = true
        }
        for schema in schemas {
            guard let name = self.names[schema.name], let value = DocumentValue(parsing: schema.text) else { continue }
            self.components[name] = self.rewritten(value, within: name)
        }
    }

    /// Adds a schema that stands at an event, a command or a request.
    ///
    /// - Returns: a reference to it; the one that it is, when it is nothing else.
    mutating func add(_ schema: DocumentValue, as wanted: String) -> DocumentValue {
        if case .object(let object) = schema, object.members.count == 1, let reference = schema["$ref"]?.text,
            let known = self.rewritten(reference: reference, within: nil)
        {
            return ["$ref": .string(known)]
        }
        let name = self.keys.key(for: wanted)
        self.components[name] = true
        self.components[name] = self.rewritten(schema, within: name)
        return Self.reference(to: name)
    }

    static func reference(to name: String) -> DocumentValue { ["$ref": .string(Self.prefix + name)] }

    /// What a reference leads to.
    func target(of reference: String) -> DocumentValue? {
        guard reference.hasPrefix(Self.prefix),
            let pointer = JSONPointer(parsing: "/" + reference.dropFirst(Self.prefix.count))
        else { return nil }
        var value = DocumentValue.object(self.components)
        for key in pointer.tokens {
            if let member = value[key] {
                value = member
            } else if let index = Int(key), value.elements.indices.contains(index) {
                value = value.elements[index]
            } else {
                return nil
            }
        }
        return value
    }

    // MARK: Names and references

    /// Keywords whose values are data, so that a `$ref` within is no reference.
    private static let dataKeywords: Set<String> = ["const", "enum", "default", "example", "examples"]

    private func rewritten(_ value: DocumentValue, within name: String) -> DocumentValue {
        switch value {
        case .array(let elements): return .array(elements.map { self.rewritten($0, within: name) })
        case .object(let object):
            var result = DocumentObject()
            for member in object.members {
                if member.key == "$ref", let reference = member.value.text {
                    result["$ref"] = .string(self.rewritten(reference: reference, within: name) ?? reference)
                } else if Self.dataKeywords.contains(member.key) {
                    result[member.key] = member.value
                } else {
                    result[member.key] = self.rewritten(member.value, within: name)
                }
            }
            return .object(result)
        default: return value
        }
    }

    private func rewritten(reference: String, within name: String?) -> String? {
        if reference.hasPrefix("#/schemas/") {
            let parts = reference.dropFirst("#/schemas/".count).split(separator: "/", maxSplits: 1)
            guard let first = parts.first, let name = JSONPointer(parsing: "/\(first)")?.tokens.first,
                let known = self.names[name]
            else { return nil }
            return Self.prefix + known + (parts.count == 2 ? "/" + parts[1] : "")
        }
        guard let name, reference == "#" || reference.hasPrefix("#/") else { return nil }
        return Self.prefix + name + reference.dropFirst()
    }
}
