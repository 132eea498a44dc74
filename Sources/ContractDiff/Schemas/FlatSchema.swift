// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// What one or several schemas that hold together say of a value, references followed.
struct FlatSchema {
    /// A schema with the document in which its own references (`#/…`) lead.
    struct Source {
        var node: JSONNode
        var root: JSONNode
    }

    private static let typeNames: Set<String> = ["null", "boolean", "number", "integer", "string", "array", "object"]
    private static let bounds = [
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems",
        "minProperties", "maxProperties", "multipleOf",
    ]
    private static let texts = [
        "pattern", "format", "uniqueItems", "not", "if", "then", "else", "dependentRequired", "dependentSchemas",
        "propertyNames", "patternProperties", "contains", "prefixItems", "unevaluatedProperties",
    ]
    /// Parts that hold together and are followed; more are not looked at.
    private static let maximumPartCount = 1000

    /// `nil`: any.
    var types: Set<String>?
    /// JSON texts of the values that may be; `nil`: any.
    var values: [String]?
    var required: [String] = []
    var properties: [(name: String, sources: [Source])] = []
    var items: [Source] = []
    var isClosed = false
    var further: [Source] = []
    var bounds: [String: Double] = [:]
    var texts: [String: String] = [:]
    /// Each list of choices, as JSON texts.
    var choices: [[String]] = []
    /// Nothing fits.
    var isNever = false

    init(_ sources: [Source], named: [String: JSONNode]) {
        var waiting = sources[...]
        var count = 0
        var followed: Set<String> = []
        while let source = waiting.popFirst(), count < Self.maximumPartCount {
            count += 1
            let node = source.node
            if node.kind == .bool, node.bool == false { self.isNever = true }
            guard node.kind == .object else { continue }
            if let reference = node["$ref"]?.string, followed.insert(reference).inserted,
                let target = Self.target(reference, source.root, named)
            {
                waiting.append(target)
            }
            for part in node["allOf"]?.elements.map({ $0 }) ?? [] {
                waiting.append(Source(node: part, root: source.root))
            }
            self.take(source)
        }
    }

    private static func target(_ reference: String, _ root: JSONNode, _ named: [String: JSONNode]) -> Source? {
        if reference.hasPrefix("#/schemas/") {
            let path = reference.dropFirst(10)
            let name = path.prefix { $0 != "/" }
            guard let schema = named[String(name)] else { return nil }
            let rest = String(path.dropFirst(name.count))
            return JSONPointer(parsing: rest).flatMap { schema.descendant(at: $0) }.map {
                Source(node: $0, root: schema)
            }
        }
        guard reference == "#" || reference.hasPrefix("#/"),
            let pointer = JSONPointer(parsing: String(reference.dropFirst()))
        else { return nil }
        return root.descendant(at: pointer).map { Source(node: $0, root: root) }
    }

    private mutating func take(_ source: Source) {
        let node = source.node
        if let type = node["type"] {
            let names = Set(type.kind == .array ? type.elements.compactMap(\.string) : [type.string ?? ""])
            self.types = self.types.map { Self.meet($0, names) } ?? names
        }
        if let value = node["const"] { self.meet(values: [Self.text(value)]) }
        if let values = node["enum"] { self.meet(values: values.elements.map(Self.text)) }
        for name in node["required"]?.elements.compactMap(\.string) ?? [] where !self.required.contains(name) {
            self.required.append(name)
        }
        for member in node["properties"]?.members.map({ $0 }) ?? [] {
            let property = Source(node: member.value, root: source.root)
            if let index = self.properties.firstIndex(where: { $0.name == member.name }) {
                self.properties[index].sources.append(property)
            } else {
                self.properties.append((member.name, [property]))
            }
        }
        if let items = node["items"] { self.items.append(Source(node: items, root: source.root)) }
        if let further = node["additionalProperties"] {
            if further.bool == false {
                self.isClosed = true
            } else {
                self.further.append(Source(node: further, root: source.root))
            }
        }
        for key in Self.bounds {
            guard let value = node[key]?.double else { continue }
            // Of several that hold together the tightest counts.
            self.bounds[key] = self.bounds[key].map { Self.isLower(key) ? max($0, value) : min($0, value) } ?? value
        }
        for key in Self.texts {
            guard let value = node[key], !(key == "uniqueItems" && value.bool == false) else { continue }
            let text = Self.text(value)
            self.texts[key] = self.texts[key].map { "\($0) and \(text)" } ?? text
        }
        for key in ["anyOf", "oneOf"] {
            if let choices = node[key] { self.choices.append(choices.elements.map(Self.text)) }
        }
    }

    /// Whether a bound is tighter the larger it is.
    static func isLower(_ key: String) -> Bool {
        key.hasPrefix("min") || key == "exclusiveMinimum" || key == "multipleOf"
    }

    private mutating func meet(values: [String]) {
        self.values = self.values.map { old in old.filter { values.contains($0) } } ?? values
    }

    private static func meet(_ a: Set<String>, _ b: Set<String>) -> Set<String> {
        var both = a.intersection(b)
        if (a.contains("integer") && b.contains("number")) || (a.contains("number") && b.contains("integer")) {
            both.insert("integer")
        }
        return both
    }

    /// The types of the value, those of its given values where nothing else is said.
    var allTypes: Set<String> {
        if let types { return types }
        return Self.typeNames
    }

    private static func text(_ node: JSONNode) -> String { String(decoding: node.rawBytes, as: UTF8.self) }
}
