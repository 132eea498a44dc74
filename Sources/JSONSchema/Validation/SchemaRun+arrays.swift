// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension SchemaRun {
    mutating func checkArray(_ rules: ArrayRules, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool {
        let count = self.tape.count(at: value)
        var isValid = true
        if count < rules.minimumCount {
            isValid = self.fail(value, "minItems") {
                "must have at least \(Self.counted(rules.minimumCount, "element")), has \(count)"
            }
        }
        if count > rules.maximumCount {
            isValid = self.fail(value, "maxItems") {
                "must have at most \(Self.counted(rules.maximumCount, "element")), has \(count)"
            }
        }
        guard isValid || self.isCollecting else { return false }
        if rules.prefix.count > 0 || rules.items >= 0 {
            isValid = self.checkElements(rules, value, evaluated) && isValid
        }
        guard isValid || self.isCollecting else { return false }
        if rules.contains >= 0 { isValid = self.checkContains(rules, value, evaluated) && isValid }
        if rules.isUnique, isValid || self.isCollecting { isValid = self.checkUnique(value) && isValid }
        return isValid
    }

    private mutating func checkElements(_ rules: ArrayRules, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool {
        var isValid = true
        var element = value + 1
        for ordinal in 0..<self.tape.count(at: value) {
            let schema =
                ordinal < rules.prefix.count ? self.schema.tables.children[rules.prefix.start + ordinal] : rules.items
            guard schema >= 0 else { break }
            isValid = self.check(schema, element, nil) && isValid
            guard isValid || self.isCollecting, !self.isOver else { return false }
            evaluated?.mark(ordinal)
            element = self.tape.next(after: element)
        }
        return isValid
    }

    private mutating func checkContains(_ rules: ArrayRules, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool {
        var found = 0
        var element = value + 1
        for ordinal in 0..<self.tape.count(at: value) {
            if self.holds(rules.contains, element, nil) {
                found += 1
                evaluated?.mark(ordinal)
            }
            element = self.tape.next(after: element)
        }
        if found < rules.minimumContained {
            return self.fail(value, rules.minimumContained == 1 ? "contains" : "minContains") {
                "must contain at least \(Self.counted(rules.minimumContained, "element")) of the kind asked for, has \(found)"
            }
        }
        guard found <= rules.maximumContained else {
            return self.fail(value, "maxContains") {
                "must contain at most \(Self.counted(rules.maximumContained, "element")) of the kind asked for, has \(found)"
            }
        }
        return true
    }

    /// Compares each with each while there are few; with more, only those of equal hash, so that a long array from
    /// outside costs no more than its length.
    private mutating func checkUnique(_ value: Int) -> Bool {
        var seen: [Int: [(ordinal: Int, value: Int)]] = [:]
        let isSmall = self.tape.count(at: value) <= 8
        var element = value + 1
        for ordinal in 0..<self.tape.count(at: value) {
            var key = 0
            if !isSmall {
                var hasher = Hasher()
                self.tape.hash(element, into: &hasher)
                key = hasher.finalize()
            }
            let tape = self.tape
            let twin = seen[key]?.first { tape.isSameValue($0.value, as: element, in: tape) }
            if let twin {
                return self.fail(value, "uniqueItems") {
                    "must not repeat elements, \(twin.ordinal) and \(ordinal) are the same"
                }
            }
            seen[key, default: []].append((ordinal, element))
            element = self.tape.next(after: element)
        }
        return true
    }
}
