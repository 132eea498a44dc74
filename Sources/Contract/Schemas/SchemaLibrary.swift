// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import JSONSchema
import Realtime

/// The schemas that a contract names under `schemas:`, and the compiling of those that are used.
///
/// Within a contract `#/schemas/NAME` is a schema by its name; any other reference that begins with `#/`, and `#`
/// itself, is about the schema in which it stands.
final class SchemaLibrary {
    private static let prefix = "#/schemas/"

    private let named: [(name: String, location: SourceLocation, schema: DocumentNode)]
    private let faults: FaultCollector
    private var used: Set<String> = []

    init(_ node: DocumentNode?, _ faults: FaultCollector) {
        self.faults = faults
        self.named = (node?.entries("\"schemas\"", faults) ?? []).map { ($0.key, $0.keyLocation, $0.value) }
    }

    /// Compiles the schema of a payload, a message or a body.
    ///
    /// - Returns: `nil` after a fault.
    func compile(_ node: DocumentNode) -> CompiledSchema? {
        guard !node.isFaulty else { return nil }
        let names = self.references(from: node)
        self.used.formUnion(names)
        return self.compile(node, with: names)
    }

    /// What the schema under a key says.
    func knowledge(_ node: DocumentNode, _ key: String, _ faults: FaultCollector) -> PayloadFields.Knowledge {
        switch node.value {
        case .faulty: return .faulty
        case .map, .bool: return self.compile(node).map { .schema($0, node: node) } ?? .faulty
        default:
            faults.error(
                "\"\(key)\" must be a JSON Schema, is \(node.kindInWords)", at: node.location,
                hint: "write \(key): { type: object } or \(key): { $ref: \"#/schemas/NAME\" }")
            return .faulty
        }
    }

    /// Reports the faults of schemas that nothing uses, and that they are not used.
    func checkRest() {
        for entry in self.named where !self.used.contains(entry.name) {
            self.faults.warning("nothing uses the schema \"\(entry.name)\"", at: entry.location)
            _ = self.compile(entry.schema, with: self.references(from: entry.schema))
        }
    }

    /// The names of the properties that a schema declares at a path, for hints.
    func propertyNames(of node: DocumentNode, at path: ArraySlice<String>) -> [String] {
        var names: [String] = []
        var visited: Set<String> = []
        self.collect(&names, of: node, at: path, &visited)
        return names
    }

    // MARK: Compiling

    private func compile(_ node: DocumentNode, with names: Set<String>) -> CompiledSchema? {
        var rendering = JSONRendering()
        rendering.rewriteReference = { Self.rewritten($0, within: nil) }
        let root = JSONPointer()
        if case .map(let entries) = node.value {
            rendering.beginObject()
            for entry in entries where entry.key != "$defs" {
                rendering.append(entry, at: root.appending(key: entry.key), isSchema: true)
            }
            rendering.key("$defs")
            rendering.beginObject()
            let definitions = root.appending(key: "$defs")
            if let own = node["$defs"], case .map(let entries) = own.value {
                for entry in entries {
                    rendering.append(entry, at: definitions.appending(key: entry.key), isSchema: true)
                }
            }
            self.append(names, to: &rendering, at: definitions)
            rendering.endObject()
            rendering.endObject()
        } else {
            rendering.append(node, at: root, isSchema: true)
        }
        guard let document = rendering.document else { return nil }
        do throws(SchemaFaults) {
            let schema = try JSONSchemaCompiler().compile(document.root)
            return names.allSatisfy { self.schema($0) != nil } ? schema : nil
        } catch {
            for fault in error.faults {
                let location = rendering.location(of: fault.pointer) ?? node.location
                self.faults.error("schema: \(fault.message)", at: location, hint: fault.hint)
            }
            return nil
        }
    }

    private func append(_ names: Set<String>, to rendering: inout JSONRendering, at definitions: JSONPointer) {
        // What does not exist has been reported; something stands for it, so that the other faults are found in the same run.
        for name in names.sorted() where self.schema(name) == nil {
            rendering.appendPlaceholder("schemas/\(name)")
        }
        for entry in self.named where names.contains(entry.name) {
            let key = "schemas/\(entry.name)"
            rendering.rewriteReference = { Self.rewritten($0, within: key) }
            rendering.key(key)
            rendering.append(entry.schema, at: definitions.appending(key: key), isSchema: true)
        }
    }

    /// A reference of the contract as one of the document that is compiled, in which the named schemas are `$defs`.
    private static func rewritten(_ reference: String, within key: String?) -> String {
        let own = key.map { "#/$defs/\(Self.escaped($0))" }
        if reference.hasPrefix(Self.prefix) {
            let rest = reference.dropFirst(Self.prefix.count)
            let name = rest.prefix { $0 != "/" }
            return "#/$defs/schemas~1\(name)\(rest.dropFirst(name.count))"
        }
        guard let own else { return reference }
        if reference == "#" { return own }
        return reference.hasPrefix("#/") ? own + reference.dropFirst() : reference
    }

    private static func escaped(_ token: String) -> Substring { JSONPointer([token]).description.dropFirst() }

    // MARK: References

    /// The names of all schemas that a schema refers to, directly or not. Those that do not exist are among them, and reported.
    private func references(from node: DocumentNode) -> Set<String> {
        var found: Set<String> = []
        var waiting = [node]
        while let next = waiting.popLast() {
            switch next.value {
            case .list(let elements): waiting += elements
            case .map(let entries):
                for entry in entries {
                    guard entry.key == "$ref", case .text(let reference) = entry.value.value,
                        let name = Self.name(in: reference)
                    else {
                        waiting.append(entry.value)
                        continue
                    }
                    let isNew = found.insert(name).inserted
                    if let target = self.schema(name) {
                        if isNew { waiting.append(target) }
                    } else {
                        let known = self.named.map(\.name)
                        self.faults.error(
                            "there is no schema \"\(name)\" under \"schemas\"", at: entry.value.location,
                            hint: Spelling.nearest(to: name, among: known).map { "did you mean \"#/schemas/\($0)\"?" })
                    }
                }
            default: break
            }
        }
        return found
    }

    private func schema(_ name: String) -> DocumentNode? { self.named.first { $0.name == name }?.schema }

    private static func name(in reference: String) -> String? {
        guard reference.hasPrefix(Self.prefix) else { return nil }
        let token = reference.dropFirst(Self.prefix.count).prefix { $0 != "/" }
        return JSONPointer(parsing: "/\(token)")?.tokens.first
    }

    private func collect(
        _ names: inout [String], of node: DocumentNode, at path: ArraySlice<String>, _ visited: inout Set<String>
    ) {
        if let reference = node["$ref"], case .text(let text) = reference.value, let name = Self.name(in: text),
            let target = self.schema(name), visited.insert("\(name)/\(path.count)").inserted
        {
            self.collect(&names, of: target, at: path, &visited)
        }
        for part in node["allOf"]?.elements ?? [] { self.collect(&names, of: part, at: path, &visited) }
        guard let properties = node["properties"], case .map(let entries) = properties.value else { return }
        if let first = path.first {
            if let next = properties[first] { self.collect(&names, of: next, at: path.dropFirst(), &visited) }
        } else {
            names += entries.map(\.key)
        }
    }
}
