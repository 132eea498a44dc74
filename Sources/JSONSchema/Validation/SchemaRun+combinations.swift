// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension SchemaRun {
    mutating func checkCombination(_ rules: CombinationRules, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool {
        var isValid = true
        for child in rules.all.indices {
            isValid = self.check(self.schema.tables.children[child], value, evaluated) && isValid
            guard isValid || self.isCollecting else { return false }
        }
        if rules.any.count > 0 {
            let held = self.countAlternatives(rules.any, value, evaluated, enough: 1)
            if held == 0 {
                isValid = self.fail(value, "anyOf") {
                    "must match at least one of \(rules.any.count) alternatives, matches none"
                }
            }
        }
        if rules.one.count > 0, isValid || self.isCollecting {
            let held = self.countAlternatives(rules.one, value, evaluated, enough: 2)
            if held != 1 {
                isValid = self.fail(value, "oneOf") {
                    "must match exactly one of \(rules.one.count) alternatives, matches \(held == 0 ? "none" : "several")"
                }
            }
        }
        guard isValid || self.isCollecting else { return false }
        if rules.negated >= 0, self.holds(rules.negated, value, nil) {
            isValid = self.fail(value, "not") { "must not match what is excluded" }
        }
        if rules.condition >= 0 { isValid = self.checkCondition(rules, value, evaluated) && isValid }
        return isValid && !self.isOver
    }

    /// How many of the alternatives hold; stops at `enough`, unless somebody wants to know what they look at.
    private mutating func countAlternatives(
        _ alternatives: TableRange, _ value: Int, _ evaluated: EvaluatedChildren?, enough: Int
    ) -> Int {
        var held = 0
        for child in alternatives.indices {
            let seen = evaluated?.blank()
            guard self.holds(self.schema.tables.children[child], value, seen) else { continue }
            held += 1
            if let evaluated, let seen { evaluated.formUnion(seen) } else if held == enough { break }
        }
        return held
    }

    private mutating func checkCondition(_ rules: CombinationRules, _ value: Int, _ evaluated: EvaluatedChildren?)
        -> Bool
    {
        let seen = evaluated?.blank()
        let holds = self.holds(rules.condition, value, seen)
        if holds, let evaluated, let seen { evaluated.formUnion(seen) }
        let branch = holds ? rules.then : rules.otherwise
        return branch < 0 || self.check(branch, value, evaluated)
    }
}
