// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Compares two schemas of one place, in an earlier and a later contract.
struct SchemaComparison {
    /// Deeper fields are not looked at: schemas may name themselves.
    private static let maximumDepth = 12

    private let old: [String: JSONNode]
    private let new: [String: JSONNode]
    private var differences: [SchemaDifference] = []
    /// Pairs that were compared: what names itself in several places would otherwise never end.
    private var compared: Set<[Place]> = []

    private struct Place: Hashable {
        var document: ObjectIdentifier
        var index: Int

        init(_ source: FlatSchema.Source) {
            self.document = ObjectIdentifier(source.node.document)
            self.index = source.node.index
        }
    }

    /// - Parameters: the schemas that the contracts name.
    init(old: [String: JSONNode], new: [String: JSONNode]) {
        self.old = old
        self.new = new
    }

    /// - Parameters: schemas as JSON texts; `nil`: anything fits.
    mutating func differences(_ old: String?, _ new: String?) -> [SchemaDifference] {
        self.differences = []
        self.compared = []
        guard let a = Self.source(old), let b = Self.source(new) else { return [] }
        self.compare([a], [b], path: "", depth: 0)
        return self.differences
    }

    private static func source(_ text: String?) -> FlatSchema.Source? {
        guard let document = try? JSONDocument(parsing: text ?? "true", maximumDepth: 128) else { return nil }
        return FlatSchema.Source(node: document.root, root: document.root)
    }

    private mutating func add(_ effect: SchemaDifference.Effect, _ what: String) {
        let difference = SchemaDifference(effect: effect, what: what)
        if !self.differences.contains(difference) { self.differences.append(difference) }
    }

    private mutating func compare(
        _ old: [FlatSchema.Source], _ new: [FlatSchema.Source], path: String, depth: Int
    ) {
        // Where one side says nothing there is nothing deeper to compare, so that such pairs need no mark.
        guard depth < Self.maximumDepth,
            old.isEmpty || new.isEmpty || self.compared.insert(old.map(Place.init) + new.map(Place.init)).inserted
        else { return }
        let a = FlatSchema(old, named: self.old)
        let b = FlatSchema(new, named: self.new)
        let name = path.isEmpty ? "the payload" : "\"\(path)\""
        if a.isNever != b.isNever {
            self.add(
                b.isNever ? .narrower : .wider, b.isNever ? "\(name) must not be there now" : "\(name) may be there now"
            )
            return
        }
        self.compareTypes(a, b, name)
        self.compareValues(a, b, name)
        self.compareFields(a, b, name: name, path: path, depth: depth)
        self.compareBounds(a, b, name)
        if !a.items.isEmpty || !b.items.isEmpty {
            self.compare(a.items, b.items, path: path + "[]", depth: depth + 1)
        }
        if !a.further.isEmpty || !b.further.isEmpty {
            self.compare(a.further, b.further, path: path + ".*", depth: depth + 1)
        }
        self.compareChoices(a, b, name)
    }

    private mutating func compareTypes(_ a: FlatSchema, _ b: FlatSchema, _ name: String) {
        // Types that given values have are compared with the values.
        guard (a.types != nil || a.values == nil) && (b.types != nil || b.values == nil) else { return }
        let (was, isNow) = (a.allTypes, b.allTypes)
        let lost = was.filter { !isNow.contains($0) && !($0 == "integer" && isNow.contains("number")) }
        let gained = isNow.filter { !was.contains($0) && !($0 == "integer" && was.contains("number")) }
        if !lost.isEmpty { self.add(.narrower, "\(name) is no \(Self.words(lost)) any more") }
        if !gained.isEmpty { self.add(.wider, "\(name) may be \(Self.words(gained)) now") }
    }

    private mutating func compareValues(_ a: FlatSchema, _ b: FlatSchema, _ name: String) {
        switch (a.values, b.values) {
        case (nil, nil): return
        case (nil, let values?): self.add(.narrower, "\(name) must be one of \(values.joined(separator: ", ")) now")
        case (_?, nil): self.add(.wider, "\(name) may have any value now")
        case (let was?, let isNow?):
            let lost = was.filter { !isNow.contains($0) }
            let gained = isNow.filter { !was.contains($0) }
            if !lost.isEmpty { self.add(.narrower, "\(name) must not be \(lost.joined(separator: " or ")) any more") }
            if !gained.isEmpty { self.add(.moreValues, "\(name) may be \(gained.joined(separator: " or ")) now") }
        }
    }

    private mutating func compareFields(_ a: FlatSchema, _ b: FlatSchema, name: String, path: String, depth: Int) {
        let start = path.isEmpty ? "" : "\(path)."
        for field in b.required where !a.required.contains(field) {
            self.add(.narrower, "\"\(start)\(field)\" is required now")
        }
        for field in a.required where !b.required.contains(field) {
            self.add(.wider, "\"\(start)\(field)\" may be missing now")
        }
        for (field, sources) in a.properties {
            if let other = b.properties.first(where: { $0.name == field }) {
                self.compare(sources, other.sources, path: start + field, depth: depth + 1)
            } else if b.isClosed {
                self.add(.narrower, "\"\(start)\(field)\" must not be there any more")
            } else if !a.required.contains(field) || b.required.contains(field) {
                self.add(.lostField, "\"\(start)\(field)\" is not described any more")
            }
        }
        for (field, _) in b.properties where !a.properties.contains(where: { $0.name == field }) {
            if !b.required.contains(field) { self.add(.newField, "\"\(start)\(field)\" may be there") }
        }
        if a.isClosed != b.isClosed {
            self.add(
                b.isClosed ? .narrower : .looser,
                b.isClosed ? "\(name) must have no further fields now" : "\(name) may have further fields now")
        }
    }

    private mutating func compareBounds(_ a: FlatSchema, _ b: FlatSchema, _ name: String) {
        for key in Set(a.bounds.keys).union(b.bounds.keys).sorted() where a.bounds[key] != b.bounds[key] {
            let isLower = FlatSchema.isLower(key)
            let isTighter =
                switch (a.bounds[key], b.bounds[key]) {
                case (_, nil): false
                case (nil, _): true
                case (let was?, let isNow?):
                    key == "multipleOf"
                        ? was.truncatingRemainder(dividingBy: isNow) != 0 : isLower ? isNow > was : isNow < was
                }
            let was = a.bounds[key].map(Self.number) ?? "none"
            let isNow = b.bounds[key].map(Self.number) ?? "none"
            self.add(isTighter ? .narrower : .looser, "\(name): \(key) is \(isNow), was \(was)")
        }
        for key in Set(a.texts.keys).union(b.texts.keys).sorted() where a.texts[key] != b.texts[key] {
            let was = a.texts[key] ?? "none"
            let isNow = b.texts[key] ?? "none"
            self.add(b.texts[key] == nil ? .looser : .narrower, "\(name): \(key) is \(isNow), was \(was)")
        }
    }

    private mutating func compareChoices(_ a: FlatSchema, _ b: FlatSchema, _ name: String) {
        guard a.choices != b.choices else { return }
        let was = a.choices.flatMap(\.self)
        let isNow = b.choices.flatMap(\.self)
        if was.isEmpty { return self.add(.narrower, "\(name) must be one of several kinds now") }
        if isNow.isEmpty { return self.add(.wider, "\(name) may be of any kind now") }
        let lost = was.count { !isNow.contains($0) }
        let gained = isNow.count { !was.contains($0) }
        if lost > 0 { self.add(.narrower, "\(name): \(lost) of its kinds are not as before") }
        if gained > 0 { self.add(.wider, "\(name): \(gained) of its kinds are new") }
    }

    private static func words(_ types: Set<String>) -> String { types.sorted().joined(separator: " or ") }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
