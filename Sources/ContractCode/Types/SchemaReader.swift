// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Makes types of JSON Schemas (2020-12). Keywords that types cannot express, such as `not` and `if`, are left to the payload checks.
///
/// Used by one task while one file is generated.
final class SchemaReader {
    /// A schema that has a name of its own, or to which a reference leads.
    struct Source {
        var root: String
        var node: JSONNode
    }

    private static let prefix = "#/schemas/"
    /// What schemas of this program's contracts may nest at most; behind it everything is let through.
    private static let maximumDepth = 100

    private var sources: [String: Source] = [:]
    private var read: [String: TypeModel] = [:]
    private var underWay: Set<String> = []
    private var depth = 0
    /// Keys of what references led to, in the order in which they were met.
    private(set) var referenced: [String] = []

    /// - Parameter schemas: those that the contract names.
    init(schemas: [(name: String, node: JSONNode)]) {
        for (name, node) in schemas {
            let key = Self.prefix + name
            self.sources[key] = Source(root: key, node: node)
        }
    }

    /// The type of a schema that stands at a place of its own.
    ///
    /// - Parameter key: tells the place from all others: `event order.created`.
    func type(of node: JSONNode, key: String) -> TypeModel {
        self.sources[key] = Source(root: key, node: node)
        return self.type(node, root: key)
    }

    /// What a declaration's key stands for.
    func resolve(_ key: String) -> TypeModel {
        if let type = self.read[key] { return type }
        guard let source = self.sources[key], self.underWay.insert(key).inserted else { return .anything }
        defer { self.underWay.remove(key) }
        let type = self.type(source.node, root: source.root)
        self.read[key] = type
        return type
    }

    /// A type that is no name.
    func resolved(_ type: TypeModel) -> TypeModel {
        var type = type
        for _ in 0..<Self.maximumDepth {
            guard case .named(let key) = type else { return type }
            type = self.resolve(key)
        }
        return .anything
    }

    // MARK: Reading

    private func type(_ node: JSONNode, root: String) -> TypeModel {
        if node.kind == .bool { return node.bool == false ? .nothing : .anything }
        guard node.kind == .object, self.depth < Self.maximumDepth else { return .anything }
        self.depth += 1
        defer { self.depth -= 1 }
        var parts: [TypeModel] = []
        if let reference = node["$ref"]?.string { parts.append(self.reference(reference, root: root)) }
        parts.append(self.own(node, root: root))
        for part in node["allOf"]?.elements.map({ $0 }) ?? [] { parts.append(self.type(part, root: root)) }
        for key in ["anyOf", "oneOf"] {
            guard let choices = node[key] else { continue }
            parts.append(.oneOf(choices.elements.map { self.type($0, root: root) }))
        }
        let isAlone = node["$ref"] != nil && Set(node.members.map(\.name)).isSubset(of: Self.words)
        return isAlone ? parts[0] : TypeMeet(reader: self).meet(parts)
    }

    /// Keywords that say nothing of values.
    private static let words: Set<String> = [
        "$ref", "description", "title", "$comment", "examples", "default", "deprecated",
    ]

    private func reference(_ reference: String, root: String) -> TypeModel {
        if reference.hasPrefix(Self.prefix) {
            let name = reference.dropFirst(Self.prefix.count).prefix { $0 != "/" }
            let rest = reference.dropFirst(Self.prefix.count + name.count)
            let token = JSONPointer(parsing: "/\(name)")?.tokens.first ?? String(name)
            return self.named(Self.prefix + token, pointer: String(rest))
        }
        guard reference == "#" || reference.hasPrefix("#/") else { return .anything }
        return self.named(root, pointer: String(reference.dropFirst()))
    }

    private func named(_ root: String, pointer: String) -> TypeModel {
        let key = root + pointer
        if self.sources[key] == nil {
            guard let source = self.sources[root], let parsed = JSONPointer(parsing: pointer),
                let node = source.node.descendant(at: parsed)
            else { return .anything }
            self.sources[key] = Source(root: root, node: node)
        }
        if !self.referenced.contains(key) { self.referenced.append(key) }
        return .named(key)
    }

    private func own(_ node: JSONNode, root: String) -> TypeModel {
        if let value = node["const"] { return Self.literal(value) }
        if let values = node["enum"] { return .oneOf(values.elements.map(Self.literal)) }
        let types: [String]
        if let type = node["type"] {
            types = type.kind == .array ? type.elements.compactMap(\.string) : [type.string ?? ""]
        } else if ["properties", "required", "additionalProperties", "patternProperties"].contains(where: {
            node[$0] != nil
        }) {
            types = ["object"]
        } else if node["items"] != nil || node["prefixItems"] != nil {
            types = ["array"]
        } else {
            return .anything
        }
        return .oneOf(types.map { self.own($0, node, root: root) })
    }

    private func own(_ type: String, _ node: JSONNode, root: String) -> TypeModel {
        switch type {
        case "string": .string
        case "number": .number
        case "integer": .integer
        case "boolean": .boolean
        case "null": .null
        case "array": self.array(node, root: root)
        case "object": self.object(node, root: root)
        default: .anything
        }
    }

    private func array(_ node: JSONNode, root: String) -> TypeModel {
        let rest = node["items"].map { self.type($0, root: root) }
        guard let first = node["prefixItems"], first.count > 0 else { return .array(rest ?? .anything) }
        let required = min(max(node["minItems"]?.int ?? 0, 0), first.count)
        return .tuple(
            first.elements.map { self.type($0, root: root) }, required: required,
            rest: rest == .nothing ? nil : rest ?? .anything)
    }

    private func object(_ node: JSONNode, root: String) -> TypeModel {
        let required = node["required"]?.elements.compactMap(\.string) ?? []
        var model = ObjectModel()
        for member in node["properties"]?.members.map({ $0 }) ?? [] {
            model.members.append(
                .init(
                    name: member.name, type: self.type(member.value, root: root),
                    isRequired: required.contains(member.name), notes: SchemaNotes.notes(of: member.value)))
        }
        var further: [TypeModel] = []
        if let more = node["additionalProperties"], more.bool != true { further.append(self.type(more, root: root)) }
        for member in node["patternProperties"]?.members.map({ $0 }) ?? [] {
            further.append(self.type(member.value, root: root))
        }
        for name in required where model[name] == nil {
            model.members.append(.init(name: name, type: further.first ?? .anything, isRequired: true))
        }
        let isClosed = node["additionalProperties"]?.bool == false
        let rest: TypeModel? = further.isEmpty || (isClosed && further.count == 1) ? nil : .oneOf(further)
        if model.members.isEmpty { return isClosed && rest == nil ? .map(.nothing) : .map(rest ?? .anything) }
        model.further = rest
        return .object(model)
    }

    /// The type of one value.
    static func literal(_ value: JSONNode) -> TypeModel {
        switch value.kind {
        case .null: .null
        case .bool: .literal(.bool(value.bool ?? false))
        case .number: .literal(.number(value.numberText ?? "0"))
        case .string: .literal(.string(value.string ?? ""))
        case .array:
            .tuple(value.elements.map(Self.literal), required: value.count, rest: nil)
        case .object:
            .object(
                ObjectModel(
                    members: value.members.map { .init(name: $0.name, type: Self.literal($0.value), isRequired: true) })
            )
        }
    }
}
