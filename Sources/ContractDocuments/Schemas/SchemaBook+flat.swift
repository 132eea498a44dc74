// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SchemaBook {
    /// How far references and `allOf` are followed; a schema that goes on is cut there.
    static let deepest = 16

    /// A schema with what it refers to and what `allOf` adds in one object; where two say something, the nearer one counts.
    ///
    /// A property of which both say something becomes `allOf` of them.
    func flat(_ schema: DocumentValue, depth: Int = 0) -> DocumentObject {
        guard case .object(let own) = schema, depth < Self.deepest else { return DocumentObject() }
        var result = DocumentObject()
        if let reference = own["$ref"]?.text, let target = self.target(of: reference) {
            result = self.flat(target, depth: depth + 1)
        }
        for part in own["allOf"]?.elements ?? [] {
            Self.merge(self.flat(part, depth: depth + 1), into: &result)
        }
        var rest = own
        rest["$ref"] = nil
        rest["allOf"] = nil
        Self.merge(rest, into: &result)
        return result
    }

    private static func merge(_ other: DocumentObject, into result: inout DocumentObject) {
        for member in other.members {
            switch (member.key, result[member.key], member.value) {
            case ("properties", .object(var properties)?, .object(let more)):
                for property in more.members {
                    properties[property.key] =
                        properties[property.key].map { .array([$0, property.value]) }.map { ["allOf": $0] }
                        ?? property.value
                }
                result["properties"] = .object(properties)
            case ("required", .array(let names)?, .array(let more)):
                result["required"] = .array(names + more.filter { !names.contains($0) })
            default: result[member.key] = member.value
            }
        }
    }

    /// The schema of a property, by a path such as `data.channels`; `nil` where nothing is known.
    func property(_ path: ArraySlice<String>, of schema: DocumentValue, depth: Int = 0) -> DocumentValue? {
        guard let first = path.first else { return schema }
        guard depth < Self.deepest else { return nil }
        let flat = self.flat(schema)
        guard let next = flat["properties"]?[first] else { return nil }
        return self.property(path.dropFirst(), of: next, depth: depth + 1)
    }

    /// Whether a value that fits has something at this path.
    func requires(_ path: ArraySlice<String>, of schema: DocumentValue) -> Bool {
        guard let first = path.first else { return true }
        let flat = self.flat(schema)
        guard let next = flat["properties"]?[first], flat["required"]?.elements.contains(.string(first)) == true else {
            return false
        }
        return self.requires(path.dropFirst(), of: next)
    }
}
