// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// One value being checked against one schema.
///
/// Runs in one of two ways. Silent, it stops at the first thing wrong. Collecting, it goes on and says what it
/// finds, up to its limit; inside alternatives it is silent again, because there a failure need not be one.
struct SchemaRun {
    struct Finding {
        /// The value's index in the tape.
        let value: Int
        let keyword: String
        let message: String
    }

    /// How many schemas may be inside each other's application. 64 levels of value with 16 references or
    /// combinations each; about 1 MB of stack when reached in a debug build.
    static let deepestApplication = 1024

    let schema: CompiledSchema
    let tape: JSONTape
    private let limit: Int
    private(set) var findings: [Finding] = []
    /// Whether failures are written down.
    var isCollecting: Bool
    private var depth = 0
    /// Set when the depth limit was met, which decides everything, `not` around it or not.
    private var isTooDeep = false
    /// Set when the depth limit was met, or enough was found: nothing is worth checking any more.
    private(set) var isOver = false
    /// The resources that were entered, outermost first. Kept only where dynamic references need it.
    private var scope: [Int] = []

    /// - Parameter limit: how many findings to collect; 0 to only decide.
    init(schema: CompiledSchema, tape: JSONTape, limit: Int) {
        self.schema = schema
        self.tape = tape
        self.limit = limit
        self.isCollecting = limit > 0
    }

    /// Applies the schema's root to a value; afterwards ``findings`` has what was wrong.
    mutating func decide(_ value: Int) -> Bool {
        let isValid = self.check(self.schema.root, value, nil)
        guard self.isTooDeep else { return isValid }
        if self.isCollecting, self.findings.isEmpty {
            let message = "needs more schemas applied inside each other than are followed"
            self.findings.append(Finding(value: value, keyword: "$ref", message: message))
        }
        return false
    }

    /// Applies a schema to a value.
    ///
    /// - Parameter evaluated: where to mark the children it looks at, if anybody wants to know. What is
    ///   marked after a failure means nothing.
    mutating func check(_ number: Int, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool {
        let node = self.schema.tables.nodes[number]
        guard !node.isNever else { return self.fail(value, "false") { "must not be there" } }
        guard !self.isOver else { return false }
        self.depth += 1
        defer { self.depth -= 1 }
        guard self.depth <= Self.deepestApplication else {
            self.isTooDeep = true
            self.isOver = true
            return false
        }
        let entersResource =
            !self.schema.tables.dynamicReferences.isEmpty && self.scope.last != node.resource
        if entersResource { self.scope.append(node.resource) }
        defer { if entersResource { self.scope.removeLast() } }
        guard node.hasUnevaluated else { return self.apply(node, value, evaluated) }
        // Sees what this schema and those inside it look at, never what its neighbours do.
        let own = EvaluatedChildren(count: self.tape.count(at: value))
        guard self.apply(node, value, own) else { return false }
        evaluated?.formUnion(own)
        return true
    }

    private mutating func apply(_ node: SchemaNode, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool {
        let kind = self.tape.kind(at: value)
        var isValid = self.checkType(node, value, kind)
        guard isValid || self.isCollecting else { return false }
        // A value of the wrong type breaks its other rules too; saying so would not help anybody.
        guard isValid else { return false }
        if node.constant >= 0 { isValid = self.checkConstant(node.constant, value, kind, isConst: true) && isValid }
        if node.enumeration >= 0 {
            isValid = self.checkConstant(node.enumeration, value, kind, isConst: false) && isValid
        }
        guard isValid || self.isCollecting else { return false }
        switch kind {
        case .number where node.number >= 0:
            isValid = self.checkNumber(self.schema.tables.numberRules[node.number], value) && isValid
        case .string where node.string >= 0:
            isValid = self.checkString(self.schema.tables.stringRules[node.string], value) && isValid
        case .array where node.array >= 0:
            isValid = self.checkArray(self.schema.tables.arrayRules[node.array], value, evaluated) && isValid
        case .object where node.object >= 0:
            isValid = self.checkObject(self.schema.tables.objectRules[node.object], value, evaluated) && isValid
        default:
            break
        }
        guard isValid || self.isCollecting else { return false }
        isValid = self.checkReferences(node, value, evaluated) && isValid
        guard isValid || self.isCollecting else { return false }
        if node.combination >= 0 {
            isValid =
                self.checkCombination(self.schema.tables.combinationRules[node.combination], value, evaluated)
                && isValid
        }
        guard isValid, node.hasUnevaluated, let evaluated else { return isValid }
        return self.checkUnevaluated(node, value, kind, evaluated)
    }

    private mutating func checkReferences(_ node: SchemaNode, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool {
        var isValid = true
        if node.reference >= 0 { isValid = self.check(node.reference, value, evaluated) }
        if node.plainDynamicReference >= 0, isValid || self.isCollecting {
            isValid = self.check(node.plainDynamicReference, value, evaluated) && isValid
        }
        if node.dynamicReference >= 0, isValid || self.isCollecting {
            let reference = self.schema.tables.dynamicReferences[node.dynamicReference]
            let target = self.scope.lazy.compactMap { reference.targets[$0] }.first ?? reference.fallback
            isValid = self.check(target, value, evaluated) && isValid
        }
        return isValid
    }

    /// Applies a schema whose failure may be no failure of the value.
    mutating func holds(_ number: Int, _ value: Int, _ evaluated: EvaluatedChildren?) -> Bool {
        let wasCollecting = self.isCollecting
        self.isCollecting = false
        defer { self.isCollecting = wasCollecting }
        return self.check(number, value, evaluated)
    }

    /// Notes a failure where failures are noted.
    ///
    /// - Returns: `false`.
    mutating func fail(_ value: Int, _ keyword: String, _ message: () -> String) -> Bool {
        guard self.isCollecting, !self.isOver else { return false }
        self.findings.append(Finding(value: value, keyword: keyword, message: message()))
        self.isOver = self.findings.count >= self.limit
        return false
    }
}
