// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Compiles schemas into tables, each once, however often and from wherever it is referred to.
///
/// Never recurses: what a schema refers to waits in a list. Owned by one call of
/// ``JSONSchemaCompiler/compile(_:baseURI:)``.
struct SchemaBuilder {
    var registry: SchemaRegistry
    var tables = SchemaTables()
    private var nodeOfLocation: [SchemaLocation: Int] = [:]
    private(set) var locationOfNode: [SchemaLocation] = []
    private var pending: [SchemaLocation] = []

    init(registry: SchemaRegistry) {
        self.registry = registry
    }

    mutating func build(_ schema: JSONNode) throws(SchemaFaults) -> CompiledSchema {
        let root = SchemaLocation(document: 0, index: schema.index)
        self.registry.scan(root, in: 0)
        let node = self.node(for: root)
        repeat {
            while let location = self.pending.popLast() { self.compile(location) }
            self.linkDynamicReferences()
        } while !self.pending.isEmpty
        self.refuseLoops()
        guard self.registry.faults.isEmpty else { throw SchemaFaults(faults: self.registry.faults) }
        return CompiledSchema(tables: self.tables, root: node)
    }

    /// The node of a schema, compiled sooner or later.
    mutating func node(for location: SchemaLocation) -> Int {
        if let known = self.nodeOfLocation[location] { return known }
        let number = self.tables.nodes.count
        self.tables.nodes.append(SchemaNode(resource: self.registry.resource(of: location)))
        self.nodeOfLocation[location] = number
        self.locationOfNode.append(location)
        self.pending.append(location)
        return number
    }

    // MARK: One schema

    private mutating func compile(_ location: SchemaLocation) {
        let schema = self.registry.node(at: location)
        guard let number = self.nodeOfLocation[location] else { return }
        switch schema.kind {
        case .bool:
            self.tables.nodes[number].isNever = schema.bool == false
        case .object:
            let keywords = self.keywords(of: schema, at: location)
            var reader = KeywordReader(keywords: keywords, document: location.document)
            var node = self.tables.nodes[number]
            self.readReferences(&reader, into: &node)
            self.readTypesAndConstants(&reader, into: &node)
            node.number = self.readNumberRules(&reader)
            node.string = self.readStringRules(&reader, resource: node.resource)
            node.array = self.readArrayRules(&reader)
            node.object = self.readObjectRules(&reader)
            node.combination = self.readCombinationRules(&reader)
            node.hasUnevaluated =
                (node.array >= 0 && self.tables.arrayRules[node.array].unevaluated >= 0)
                || (node.object >= 0 && self.tables.objectRules[node.object].unevaluated >= 0)
            self.tables.nodes[number] = node
            for fault in reader.faults {
                self.registry.report(fault.message, at: fault.location, hint: fault.hint)
            }
        default:
            self.registry.report("a schema must be an object or a boolean", at: location)
        }
    }

    /// A schema's keywords by name, unknown ones and those outside its dialect left out.
    private mutating func keywords(of schema: JSONNode, at location: SchemaLocation) -> [SchemaKeyword: JSONNode] {
        var keywords: [SchemaKeyword: JSONNode] = [:]
        let dialect = self.registry.resources[self.registry.resource(of: location)].dialect
        for member in schema.members {
            let place = SchemaLocation(document: location.document, index: member.value.index)
            guard let keyword = SchemaKeyword(rawValue: member.name) else {
                guard !self.registry.allowsUnknownKeywords else { continue }
                self.registry.report(
                    "\"\(member.name)\" is not a keyword", at: place, hint: SchemaKeyword.hint(for: member.name))
                continue
            }
            guard keywords[keyword] == nil else {
                self.registry.report("\"\(member.name)\" is there twice", at: place)
                continue
            }
            guard dialect.validates || !keyword.isValidation else { continue }
            keywords[keyword] = member.value
        }
        return keywords
    }

    // MARK: References

    private mutating func readReferences(_ reader: inout KeywordReader, into node: inout SchemaNode) {
        if let (text, location) = reader.text(.ref),
            let (target, _) = self.registry.resolve(text, from: node.resource, at: location)
        {
            node.reference = self.node(for: target)
        }
        if let (text, location) = reader.text(.dynamicRef),
            let (target, anchor) = self.registry.resolve(text, from: node.resource, at: location)
        {
            let fallback = self.node(for: target)
            if let anchor {
                self.tables.dynamicReferences.append(.init(anchor: anchor, fallback: fallback))
                node.dynamicReference = self.tables.dynamicReferences.count - 1
            } else {
                node.plainDynamicReference = fallback
            }
        }
        // Only read for their form: scanning has noted what they say.
        for keyword in [SchemaKeyword.comment, .title, .description, .contentEncoding, .contentMediaType] {
            _ = reader.text(keyword)
        }
        for keyword in [SchemaKeyword.deprecated, .readOnly, .writeOnly] { _ = reader.flag(keyword) }
        for schema in reader.schemasByName(.defs) { _ = self.node(for: schema.location) }
        if let schema = reader.schema(.contentSchema) { _ = self.node(for: schema) }
    }

    /// Fills in where each dynamic reference can lead, now that all resources are known that are used.
    private mutating func linkDynamicReferences() {
        for number in self.tables.dynamicReferences.indices {
            let anchor = self.tables.dynamicReferences[number].anchor
            for (resource, content) in self.registry.resources.enumerated() {
                guard let location = content.dynamicAnchors[anchor] else { continue }
                self.tables.dynamicReferences[number].targets[resource] = self.node(for: location)
            }
        }
    }

    // MARK: Loops

    /// Reports schemas that apply themselves to the same value: checking them would never end.
    private mutating func refuseLoops() {
        enum Visit { case open, done }
        var visits: [Int: Visit] = [:]
        for start in self.tables.nodes.indices where visits[start] == nil {
            var path: [(node: Int, next: [Int])] = [(start, self.tables.inPlace(of: start))]
            visits[start] = .open
            while var (node, next) = path.popLast() {
                guard let child = next.popLast() else {
                    visits[node] = .done
                    continue
                }
                path.append((node, next))
                switch visits[child] {
                case .done:
                    break
                case .open:
                    self.registry.report(
                        "the schema applies itself to the same value, without end", at: self.locationOfNode[child],
                        hint: "a schema may refer to itself only for members or elements of the value")
                case nil:
                    visits[child] = .open
                    path.append((child, self.tables.inPlace(of: child)))
                }
                (node, next) = (child, [])
            }
        }
    }
}

extension SchemaTables {
    /// The nodes that a node applies to the very value it is applied to.
    ///
    /// Of dynamic references only those that can lead to one place; others are bounded when validating.
    func inPlace(of number: Int) -> [Int] {
        let node = self.nodes[number]
        var applied = [node.reference, node.plainDynamicReference]
        if node.dynamicReference >= 0, self.dynamicReferences[node.dynamicReference].targets.count <= 1 {
            applied.append(self.dynamicReferences[node.dynamicReference].fallback)
        }
        if node.combination >= 0 {
            let rules = self.combinationRules[node.combination]
            applied += [rules.negated, rules.condition, rules.then, rules.otherwise]
            applied += self.children[rules.all.indices]
            applied += self.children[rules.any.indices]
            applied += self.children[rules.one.indices]
        }
        if node.object >= 0 {
            applied += self.dependencies[self.objectRules[node.object].dependencies.indices].map(\.schema)
        }
        return applied.filter { $0 >= 0 }
    }
}
