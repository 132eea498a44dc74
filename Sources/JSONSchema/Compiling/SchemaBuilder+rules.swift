// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// The validation and applicator keywords, one group of rules each. Each returns the position of the
/// rules in their table, or -1 when the schema has none of the group.
extension SchemaBuilder {
    mutating func readTypesAndConstants(_ reader: inout KeywordReader, into node: inout SchemaNode) {
        if let value = reader.any(.type) {
            let names = value.kind == .array ? reader.strings(.type) : [value]
            var types: SchemaTypes = []
            for name in names {
                if let type = name.string.flatMap(SchemaTypes.init(named:)) {
                    types.formUnion(type)
                } else {
                    let known = SchemaTypes.names.map(\.name)
                    reader.report(
                        "\"type\" must be one of \(known.joined(separator: ", "))", at: name,
                        hint: name.string.flatMap { Spelling.suggestion(for: $0, among: known) })
                }
            }
            if value.kind == .array, value.count == 0 {
                reader.report("\"type\" must name at least one type", at: value)
            }
            node.types = types
        }
        if let list = reader.list(.enum) { node.enumeration = self.constantRules(Array(list.elements)) }
        if let value = reader.any(.const) { node.constant = self.constantRules([value]) }
    }

    private mutating func constantRules(_ values: [JSONNode]) -> Int {
        let strings = values.filter { $0.kind == .string }
        var rules = ConstantRules()
        rules.values = TableRange(start: self.tables.constants.count, count: values.count)
        rules.strings = TableRange(start: self.tables.names.count, count: strings.count)
        rules.hasOthers = strings.count < values.count
        self.tables.constants += values
        for string in strings { _ = self.tables.appendName(string) }
        self.tables.constantRules.append(rules)
        return self.tables.constantRules.count - 1
    }

    // MARK: Scalars

    mutating func readNumberRules(_ reader: inout KeywordReader) -> Int {
        let keywords: [(SchemaKeyword, WritableKeyPath<NumberRules, NumberBound>)] = [
            (.multipleOf, \.multipleOf), (.maximum, \.maximum), (.exclusiveMaximum, \.exclusiveMaximum),
            (.minimum, \.minimum), (.exclusiveMinimum, \.exclusiveMinimum),
        ]
        guard keywords.contains(where: { reader.has($0.0) }) else { return -1 }
        var rules = NumberRules()
        for (keyword, path) in keywords {
            guard let number = reader.number(keyword) else { continue }
            if keyword == .multipleOf {
                let facts = number.document.withTape { tape in
                    let divisor = tape.decimal(at: number.index)
                    return (isPositive: !divisor.isNegative && !divisor.isZero, fits: divisor.mantissa != nil)
                }
                guard facts.isPositive else {
                    reader.report("\"multipleOf\" must be more than 0", at: number)
                    continue
                }
                guard facts.fits else {
                    reader.report("\"multipleOf\" has too many digits, at most 19 can be checked", at: number)
                    continue
                }
            }
            rules[keyPath: path].text = self.tables.appendText(number.rawBytes)
            rules[keyPath: path].small = number.int.flatMap { $0.magnitude < 1_000_000_000_000_000_000 ? $0 : nil }
        }
        self.tables.numberRules.append(rules)
        return self.tables.numberRules.count - 1
    }

    mutating func readStringRules(_ reader: inout KeywordReader, resource: Int) -> Int {
        guard [SchemaKeyword.minLength, .maxLength, .pattern, .format].contains(where: reader.has) else { return -1 }
        var rules = StringRules()
        rules.minimumLength = reader.count(.minLength) ?? 0
        rules.maximumLength = reader.count(.maxLength) ?? .max
        if reader.text(.pattern) != nil, let node = reader.any(.pattern) {
            rules.pattern = self.pattern(node, &reader)
        }
        if let (name, _) = reader.text(.format), let node = reader.any(.format) {
            let isKnown = StringFormat(rawValue: name) != nil || StringFormat.unchecked.contains(name)
            if !isKnown, !self.registry.allowsUnknownKeywords {
                let names = StringFormat.allCases.map(\.rawValue) + StringFormat.unchecked.sorted()
                reader.report(
                    "\"\(name)\" is not a format", at: node, hint: Spelling.suggestion(for: name, among: names))
            }
            if self.registry.resources[resource].dialect.assertsFormats { rules.format = StringFormat(rawValue: name) }
        }
        self.tables.stringRules.append(rules)
        return self.tables.stringRules.count - 1
    }

    /// The position of a compiled pattern; -1 after reporting that it cannot be used.
    private mutating func pattern(_ node: JSONNode, _ reader: inout KeywordReader) -> Int {
        let text = node.string ?? ""
        do {
            self.tables.patterns.append((try Pattern(text), text))
            return self.tables.patterns.count - 1
        } catch {
            reader.report("the pattern \"\(text)\" \(error.message)", at: node)
            return -1
        }
    }

    // MARK: Containers

    mutating func readArrayRules(_ reader: inout KeywordReader) -> Int {
        let keywords: [SchemaKeyword] = [
            .prefixItems, .items, .contains, .minContains, .maxContains, .minItems, .maxItems, .uniqueItems,
            .unevaluatedItems,
        ]
        guard keywords.contains(where: reader.has) else { return -1 }
        var rules = ArrayRules()
        rules.prefix = self.children(reader.schemas(.prefixItems))
        rules.items = self.child(reader.schema(.items))
        rules.contains = self.child(reader.schema(.contains))
        rules.minimumContained = reader.count(.minContains) ?? 1
        rules.maximumContained = reader.count(.maxContains) ?? .max
        rules.minimumCount = reader.count(.minItems) ?? 0
        rules.maximumCount = reader.count(.maxItems) ?? .max
        rules.isUnique = reader.flag(.uniqueItems) ?? false
        rules.unevaluated = self.child(reader.schema(.unevaluatedItems))
        self.tables.arrayRules.append(rules)
        return self.tables.arrayRules.count - 1
    }

    mutating func readObjectRules(_ reader: inout KeywordReader) -> Int {
        let keywords: [SchemaKeyword] = [
            .properties, .required, .patternProperties, .additionalProperties, .propertyNames, .minProperties,
            .maxProperties, .dependentRequired, .dependentSchemas, .unevaluatedProperties,
        ]
        guard keywords.contains(where: reader.has) else { return -1 }
        var rules = ObjectRules()
        self.readNames(&reader, into: &rules)
        var patterns: [PatternRule] = []
        for (name, location) in reader.schemasByName(.patternProperties) {
            patterns.append(PatternRule(pattern: self.pattern(name, &reader), schema: self.node(for: location)))
        }
        rules.patterns = TableRange(start: self.tables.patternRules.count, count: patterns.count)
        self.tables.patternRules += patterns
        rules.additional = self.child(reader.schema(.additionalProperties))
        rules.propertyNames = self.child(reader.schema(.propertyNames))
        rules.minimumCount = reader.count(.minProperties) ?? 0
        rules.maximumCount = reader.count(.maxProperties) ?? .max
        rules.dependencies = self.readDependencies(&reader)
        rules.unevaluated = self.child(reader.schema(.unevaluatedProperties))
        self.tables.objectRules.append(rules)
        return self.tables.objectRules.count - 1
    }

    /// `properties` and `required`, as one list of names.
    private mutating func readNames(_ reader: inout KeywordReader, into rules: inout ObjectRules) {
        var required: [String: JSONNode] = [:]
        let requiredNames = reader.strings(.required)
        for name in requiredNames { required[name.string ?? ""] = name }
        let start = self.tables.names.count
        var bit: UInt64 = 1
        var declared: Set<String> = []
        for (name, location) in reader.schemasByName(.properties) {
            let schema = self.node(for: location)
            let number = self.tables.appendName(name)
            self.tables.names[number].schema = schema
            declared.insert(name.string ?? "")
            guard required[name.string ?? ""] != nil, bit != 0 else { continue }
            self.tables.names[number].requiredBit = bit
            rules.requiredBits |= bit
            bit <<= 1
            required[name.string ?? ""] = nil
        }
        // In the order of the text; a dictionary's would make messages differ from run to run.
        let undeclared = requiredNames.filter {
            required[$0.string ?? ""] != nil && !declared.contains($0.string ?? "")
        }
        for name in undeclared where bit != 0 {
            let number = self.tables.appendName(name)
            self.tables.names[number].requiredBit = bit
            rules.requiredBits |= bit
            bit <<= 1
            required[name.string ?? ""] = nil
        }
        rules.names = TableRange(start: start, count: self.tables.names.count - start)
        rules.furtherRequired = self.names(requiredNames.filter { required[$0.string ?? ""] != nil })
    }

    private mutating func readDependencies(_ reader: inout KeywordReader) -> TableRange {
        var dependencies: [DependencyRule] = []
        if let object = reader.object(.dependentRequired) {
            for member in object.members {
                guard member.value.kind == .array else {
                    reader.report("must be a list of names", at: member.value)
                    continue
                }
                let trigger = self.tables.appendName(member.key)
                dependencies.append(
                    DependencyRule(trigger: trigger, required: self.names(reader.strings(of: member.value))))
            }
        }
        for (name, location) in reader.schemasByName(.dependentSchemas) {
            let schema = self.node(for: location)
            dependencies.append(DependencyRule(trigger: self.tables.appendName(name), schema: schema))
        }
        let range = TableRange(start: self.tables.dependencies.count, count: dependencies.count)
        self.tables.dependencies += dependencies
        return range
    }

    // MARK: Combinations

    mutating func readCombinationRules(_ reader: inout KeywordReader) -> Int {
        guard [SchemaKeyword.allOf, .anyOf, .oneOf, .not, .if, .then, .else].contains(where: reader.has) else {
            return -1
        }
        var rules = CombinationRules()
        rules.all = self.children(reader.schemas(.allOf))
        rules.any = self.children(reader.schemas(.anyOf))
        rules.one = self.children(reader.schemas(.oneOf))
        rules.negated = self.child(reader.schema(.not))
        rules.condition = self.child(reader.schema(.if))
        rules.then = self.child(reader.schema(.then))
        rules.otherwise = self.child(reader.schema(.else))
        self.tables.combinationRules.append(rules)
        return self.tables.combinationRules.count - 1
    }

    private mutating func child(_ location: SchemaLocation?) -> Int {
        location.map { self.node(for: $0) } ?? -1
    }

    private mutating func children(_ locations: [SchemaLocation]) -> TableRange {
        let nodes = locations.map { self.node(for: $0) }
        let range = TableRange(start: self.tables.children.count, count: nodes.count)
        self.tables.children += nodes
        return range
    }

    private mutating func names(_ nodes: [JSONNode]) -> TableRange {
        let range = TableRange(start: self.tables.names.count, count: nodes.count)
        for node in nodes { _ = self.tables.appendName(node) }
        return range
    }
}
