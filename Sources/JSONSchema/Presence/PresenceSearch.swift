// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Follows one path through a schema, for ``CompiledSchema/property(_:)``.
struct PresenceSearch {
    /// How many schemas and alternatives it looks at, counting each time it comes to one.
    static let greatestWork = 10_000

    private let tables: SchemaTables
    private var work = 0

    init(tables: SchemaTables) {
        self.tables = tables
    }

    /// - Parameter nodes: schemas that all apply to the same value; -1 stands for one that accepts everything.
    mutating func presence(of path: ArraySlice<String>, in nodes: [Int]) -> Presence {
        self.presence(of: path, pending: nodes, applied: [], choices: [])
    }

    /// Gathers all schemas that apply to the value, then takes its choices one after the other.
    private mutating func presence(
        of path: ArraySlice<String>, pending: [Int], applied: [Int], choices: [[Int]]
    ) -> Presence {
        var (pending, applied, choices) = (pending, applied, choices)
        while let number = pending.popLast() {
            guard number >= 0, !applied.contains(number) else { continue }
            self.work += 1
            guard self.work < Self.greatestWork else { return .unknown }
            applied.append(number)
            let node = self.tables.nodes[number]
            pending += [node.reference, node.plainDynamicReference]
            guard node.combination >= 0 else { continue }
            let rules = self.tables.combinationRules[node.combination]
            pending += self.tables.children[rules.all.indices]
            if rules.any.count > 0 { choices.append(Array(self.tables.children[rules.any.indices])) }
            if rules.one.count > 0 { choices.append(Array(self.tables.children[rules.one.indices])) }
            if rules.condition >= 0 { choices.append([rules.then, rules.otherwise]) }
        }
        guard let choice = choices.popLast() else { return self.presence(of: path, applied: applied) }
        var result: Presence?
        for option in choice {
            self.work += 1
            let presence = self.presence(of: path, pending: [option], applied: applied, choices: choices)
            result = result.map { $0.or(presence) } ?? presence
        }
        return result ?? .unknown
    }

    private mutating func presence(of path: ArraySlice<String>, applied: [Int]) -> Presence {
        let types = applied.reduce(SchemaTypes.any) { $0.intersection(self.types(of: $1)) }
        guard !types.isEmpty else { return .impossible }
        guard let step = path.first else { return .required(types) }
        let ordinal = step.utf8.allSatisfy(\.isDigit) ? Int(step) : nil
        let isElement = step == "[]" || (ordinal != nil && types.contains(.array) && !types.contains(.object))
        let container: SchemaTypes = isElement ? .array : .object
        guard types.contains(container) else { return .impossible }
        let child = isElement ? self.element(ordinal, of: applied) : self.member(step, of: applied)
        guard child.isAllowed else { return .impossible }
        guard child.isDeclared || child.isRequired else { return .unknown }
        let presence =
            child.isDeclared
            ? self.presence(of: path.dropFirst(), in: child.nodes)
            : path.count == 1 ? .required(.any) : .unknown
        // Without a type, the names alone say that an object is meant.
        let isCertain = child.isRequired && (types == container || types == .any)
        return isCertain ? presence : presence.loosened
    }

    private func types(of number: Int) -> SchemaTypes {
        let node = self.tables.nodes[number]
        guard !node.isNever else { return [] }
        var types = node.types
        for number in [node.constant, node.enumeration] where number >= 0 {
            let values = self.tables.constants[self.tables.constantRules[number].values.indices]
            types.formIntersection(values.reduce([]) { $0.union(SchemaTypes(of: $1.kind)) })
        }
        return types
    }

    // MARK: One step

    /// What the schemas that apply to a value say about one of its children.
    private struct Child {
        /// The schemas that apply to it.
        var nodes: [Int] = []
        /// Whether one of them is about it in particular.
        var isDeclared = false
        var isRequired = false
        var isAllowed = true
    }

    private func member(_ name: String, of applied: [Int]) -> Child {
        var child = Child()
        var isClosed = false
        for number in applied where self.tables.nodes[number].object >= 0 {
            let rules = self.tables.objectRules[self.tables.nodes[number].object]
            let isDeclared = self.addDeclared(name, by: rules, to: &child)
            if !isDeclared, rules.additional >= 0 {
                child.nodes.append(rules.additional)
                if self.tables.nodes[rules.additional].isNever { child.isAllowed = false }
                if !self.saysNothing(rules.additional) { child.isDeclared = true }
            }
            if rules.unevaluated >= 0, self.tables.nodes[rules.unevaluated].isNever { isClosed = true }
        }
        // What conditions and dependencies look at is not followed, so nothing can be closed beside them.
        let isFollowed = applied.allSatisfy { number in
            let node = self.tables.nodes[number]
            let hasCondition = node.combination >= 0 && self.tables.combinationRules[node.combination].condition >= 0
            let hasDependencies = node.object >= 0 && self.tables.objectRules[node.object].dependencies.count > 0
            return !hasCondition && !hasDependencies && node.dynamicReference < 0
        }
        if isClosed, isFollowed, !child.isDeclared { child.isAllowed = false }
        return child
    }

    /// Adds what `properties`, `required` and `patternProperties` say.
    ///
    /// - Returns: whether the member is no additional one.
    private func addDeclared(_ name: String, by rules: ObjectRules, to child: inout Child) -> Bool {
        var nodes: [Int] = []
        for entry in self.tables.names[rules.names.indices] where self.tables.string(entry.text) == name {
            if entry.schema >= 0 { nodes.append(entry.schema) }
            if entry.requiredBit != 0 { child.isRequired = true }
        }
        for entry in self.tables.names[rules.furtherRequired.indices] where self.tables.string(entry.text) == name {
            child.isRequired = true
        }
        for rule in self.tables.patternRules[rules.patterns.indices] where rule.pattern >= 0 {
            let outcome = Array(name.utf8).withUnsafeBufferPointer {
                self.tables.patterns[rule.pattern].pattern.search($0)
            }
            if outcome == .matches { nodes.append(rule.schema) }
        }
        child.nodes += nodes
        if !nodes.isEmpty { child.isDeclared = true }
        return !nodes.isEmpty
    }

    /// - Parameter ordinal: the element's position, or nil for any.
    private func element(_ ordinal: Int?, of applied: [Int]) -> Child {
        var child = Child()
        // What is said of any element is said of each that is there.
        child.isRequired = ordinal == nil
        for number in applied where self.tables.nodes[number].array >= 0 {
            let rules = self.tables.arrayRules[self.tables.nodes[number].array]
            if let ordinal {
                if ordinal < rules.minimumCount { child.isRequired = true }
                if ordinal >= rules.maximumCount { child.isAllowed = false }
            }
            let schema: Int
            if let ordinal, ordinal < rules.prefix.count {
                schema = self.tables.children[rules.prefix.start + ordinal]
            } else if ordinal == nil, rules.prefix.count > 0 {
                // Elements differ by position: of any of them nothing is sure.
                continue
            } else {
                schema = rules.items
            }
            guard schema >= 0 else { continue }
            child.nodes.append(schema)
            if self.tables.nodes[schema].isNever { child.isAllowed = false }
            if !self.saysNothing(schema) { child.isDeclared = true }
        }
        // A required element that nothing is said about is one of any type, but only if it must be there.
        if ordinal == nil, !child.isDeclared { child.isRequired = false }
        return child
    }

    /// Whether it is the schema `true`, or `{}`.
    private func saysNothing(_ number: Int) -> Bool {
        let node = self.tables.nodes[number]
        return node.types == .any && !node.isNever
            && [
                node.reference, node.plainDynamicReference, node.dynamicReference, node.constant, node.enumeration,
                node.number,
                node.string, node.array, node.object, node.combination,
            ].allSatisfy { $0 < 0 }
    }
}
