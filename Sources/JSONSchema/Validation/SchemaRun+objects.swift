// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension SchemaRun {
    mutating func checkObject(_ rules: ObjectRules, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool {
        let count = self.tape.count(at: value)
        var isValid = true
        if count < rules.minimumCount {
            isValid = self.fail(value, "minProperties") {
                "must have at least \(Self.counted(rules.minimumCount, "member")), has \(count)"
            }
        }
        if count > rules.maximumCount {
            isValid = self.fail(value, "maxProperties") {
                "must have at most \(Self.counted(rules.maximumCount, "member")), has \(count)"
            }
        }
        guard isValid || self.isCollecting else { return false }
        isValid = self.checkMembers(rules, value, evaluated) && isValid
        guard isValid || self.isCollecting else { return false }
        for name in rules.furtherRequired.indices where !self.hasMember(value, name) {
            isValid = self.failMissing(value, name)
        }
        for number in rules.dependencies.indices where isValid || self.isCollecting {
            isValid = self.checkDependency(self.schema.tables.dependencies[number], value, evaluated) && isValid
        }
        return isValid
    }

    /// One pass over the members: their schemas, and which of the required ones are there.
    private mutating func checkMembers(_ rules: ObjectRules, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool {
        var isValid = true
        var missing = rules.requiredBits
        // Members mostly come in the order of the schema: the search goes on where it last found one.
        var expected = 0
        var key = value + 1
        for ordinal in 0..<self.tape.count(at: value) {
            var isDeclared = false
            if let found = self.position(of: key, in: rules.names, from: expected) {
                expected = found + 1
                let name = self.schema.tables.names[rules.names.start + found]
                missing &= ~name.requiredBit
                if name.schema >= 0 {
                    isDeclared = true
                    isValid = self.check(name.schema, key + 1, nil) && isValid
                }
            }
            for number in rules.patterns.indices where isValid || self.isCollecting {
                let rule = self.schema.tables.patternRules[number]
                guard self.applies(rule.pattern, key) else { continue }
                isDeclared = true
                isValid = self.check(rule.schema, key + 1, nil) && isValid
            }
            if rules.propertyNames >= 0 { isValid = self.check(rules.propertyNames, key, nil) && isValid }
            if !isDeclared, rules.additional >= 0 {
                isDeclared = true
                isValid = self.checkAdditional(rules.additional, key, "additionalProperties") && isValid
            }
            guard isValid || self.isCollecting, !self.isOver else { return false }
            if isDeclared { evaluated?.mark(ordinal) }
            key = self.tape.next(after: key + 1)
        }
        guard missing != 0 else { return isValid }
        for name in rules.names.indices where self.schema.tables.names[name].requiredBit & missing != 0 {
            isValid = self.failMissing(value, name)
        }
        return isValid
    }

    /// The position of a member's name within a stretch of names.
    private func position(of key: Int, in names: TableRange, from expected: Int) -> Int? {
        guard names.count > 0 else { return nil }
        guard self.tape.isPlain(at: key) else {
            return (0..<names.count).first { self.isNamed(key, names.start + $0) }
        }
        let content = self.tape.content(at: key)
        let prefix = PropertyName.prefix(of: content)
        let isWhole = content.count <= PropertyName.prefixLength
        var position = expected
        for _ in 0..<names.count {
            if position >= names.count { position = 0 }
            let name = names.start + position
            if self.schema.tables.names[name].prefix == prefix, isWhole || self.isNamed(key, name) {
                return position
            }
            position += 1
        }
        return nil
    }

    /// Whether a pattern applies to a member's name. One it cannot be compared with in time counts as
    /// undeclared.
    private func applies(_ pattern: Int, _ key: Int) -> Bool {
        self.search(pattern, key) == .matches
    }

    private mutating func checkAdditional(_ schema: Int, _ key: Int, _ keyword: String) -> Bool {
        guard self.schema.tables.nodes[schema].isNever else { return self.check(schema, key + 1, nil) }
        return self.fail(key + 1, keyword) { "is not among the members allowed here" }
    }

    private func hasMember(_ value: Int, _ name: Int) -> Bool {
        let text = self.schema.tables.names[name].text
        return self.schema.tables.text.withUnsafeBufferPointer { bytes in
            self.tape.member(of: value, named: UnsafeBufferPointer(rebasing: bytes[text.indices])) != nil
        }
    }

    private mutating func failMissing(_ value: Int, _ name: Int, _ keyword: String = "required") -> Bool {
        let tables = self.schema.tables
        return self.fail(value, keyword) { "must have the member \"\(tables.string(tables.names[name].text))\"" }
    }

    private mutating func checkDependency(_ rule: DependencyRule, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool
    {
        guard self.hasMember(value, rule.trigger) else { return true }
        var isValid = true
        for name in rule.required.indices where !self.hasMember(value, name) {
            isValid = self.failMissing(value, name, "dependentRequired")
        }
        guard rule.schema >= 0, isValid || self.isCollecting else { return isValid }
        return self.check(rule.schema, value, evaluated) && isValid
    }

    // MARK: What nobody looked at

    mutating func checkUnevaluated(
        _ node: SchemaNode, _ value: Int, _ kind: JSONKind, _ evaluated: EvaluatedChildren
    ) -> Bool {
        let isObject = kind == .object
        let schema: Int
        switch kind {
        case .object where node.object >= 0: schema = self.schema.tables.objectRules[node.object].unevaluated
        case .array where node.array >= 0: schema = self.schema.tables.arrayRules[node.array].unevaluated
        default: return true
        }
        guard schema >= 0 else { return true }
        var isValid = true
        var child = value + (isObject ? 2 : 1)
        for ordinal in 0..<self.tape.count(at: value) {
            if !evaluated.contains(ordinal) {
                isValid =
                    self.checkAdditional(schema, child - 1, isObject ? "unevaluatedProperties" : "unevaluatedItems")
                    && isValid
                guard isValid || self.isCollecting else { return false }
                evaluated.mark(ordinal)
            }
            child = self.tape.next(after: child) + (isObject ? 1 : 0)
        }
        return isValid
    }
}
