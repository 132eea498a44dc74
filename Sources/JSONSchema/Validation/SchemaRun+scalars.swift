// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension SchemaRun {
    func types(of value: Int, _ kind: JSONKind) -> SchemaTypes {
        guard kind == .number else { return SchemaTypes(of: kind) }
        return self.tape.isPlain(at: value) || self.tape.decimal(at: value).isInteger ? .integer : .fraction
    }

    mutating func checkType(_ node: SchemaNode, _ value: Int, _ kind: JSONKind) -> Bool {
        guard node.types != .any, node.types.isDisjoint(with: SchemaTypes(of: kind)) || kind == .number else {
            return true
        }
        let actual = self.types(of: value, kind)
        guard node.types.isDisjoint(with: actual) else { return true }
        let phrase =
            actual == .fraction && node.types.contains(.integer)
            ? "has a fraction" : "is \(SchemaTypes(of: kind).phrase)"
        return self.fail(value, "type") { "must be \(node.types.phrase), \(phrase)" }
    }

    // MARK: Constants

    mutating func checkConstant(_ number: Int, _ value: Int, _ kind: JSONKind, isConst: Bool) -> Bool {
        let rules = self.schema.tables.constantRules[number]
        if kind == .string {
            guard !rules.strings.indices.contains(where: { self.isNamed(value, $0) }) else { return true }
        } else if rules.hasOthers {
            let isAmong = self.schema.tables.constants[rules.values.indices].contains { constant in
                constant.document.withTape { self.tape.isSameValue(value, as: constant.index, in: $0) }
            }
            guard !isAmong else { return true }
        }
        let tables = self.schema.tables
        return self.fail(value, isConst ? "const" : "enum") {
            let shown = tables.constants[rules.values.indices].prefix(8).map { Self.shortened($0.rawBytes) }
            let list = shown.joined(separator: ", ") + (rules.values.count > 8 ? ", …" : "")
            return rules.values.count == 1 ? "must be \(list)" : "must be one of \(list)"
        }
    }

    private static func shortened(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.count <= 64
            ? String(decoding: bytes, as: UTF8.self) : String(decoding: bytes.prefix(60), as: UTF8.self) + "…"
    }

    /// Whether a string value, or a member's name, is one of the schema's names.
    func isNamed(_ key: Int, _ name: Int) -> Bool {
        let text = self.schema.tables.names[name].text
        return self.schema.tables.text.withUnsafeBufferPointer { bytes in
            self.tape.isString(at: key, equalTo: UnsafeBufferPointer(rebasing: bytes[text.indices]))
        }
    }

    // MARK: Numbers

    mutating func checkNumber(_ rules: NumberRules, _ value: Int) -> Bool {
        var isValid = true
        if rules.minimum.isSet, self.compare(value, rules.minimum) < 0 {
            isValid = self.fail(value, "minimum", self.limitMessage("at least", rules.minimum))
        }
        if rules.exclusiveMinimum.isSet, self.compare(value, rules.exclusiveMinimum) <= 0 {
            isValid = self.fail(value, "exclusiveMinimum", self.limitMessage("more than", rules.exclusiveMinimum))
        }
        if rules.maximum.isSet, self.compare(value, rules.maximum) > 0 {
            isValid = self.fail(value, "maximum", self.limitMessage("at most", rules.maximum))
        }
        if rules.exclusiveMaximum.isSet, self.compare(value, rules.exclusiveMaximum) >= 0 {
            isValid = self.fail(value, "exclusiveMaximum", self.limitMessage("less than", rules.exclusiveMaximum))
        }
        if rules.multipleOf.isSet, !self.isMultiple(value, rules.multipleOf) {
            isValid = self.fail(value, "multipleOf", self.limitMessage("a multiple of", rules.multipleOf))
        }
        return isValid
    }

    private func limitMessage(_ relation: String, _ bound: NumberBound) -> () -> String {
        let tables = self.schema.tables
        return { "must be \(relation) \(tables.string(bound.text))" }
    }

    /// Negative, zero or positive, as the value is less than, equal to or more than the bound.
    private func compare(_ value: Int, _ bound: NumberBound) -> Int {
        if let limit = bound.small, let number = self.smallInteger(value) {
            return number == limit ? 0 : number < limit ? -1 : 1
        }
        return self.withDecimals(value, bound) { $0 == $1 ? 0 : $0 < $1 ? -1 : 1 }
    }

    private func isMultiple(_ value: Int, _ bound: NumberBound) -> Bool {
        if let divisor = bound.small, divisor > 0, let number = self.smallInteger(value) {
            return number % divisor == 0
        }
        return self.withDecimals(value, bound) { $0.isMultiple(of: $1) ?? false }
    }

    private func withDecimals<Result>(
        _ value: Int, _ bound: NumberBound, _ body: (JSONDecimal, JSONDecimal) -> Result
    ) -> Result {
        self.schema.tables.text.withUnsafeBufferPointer { text in
            body(
                self.tape.decimal(at: value), JSONDecimal(UnsafeBufferPointer(rebasing: text[bound.text.indices])))
        }
    }

    /// A number written as digits only, of at most 18.
    private func smallInteger(_ value: Int) -> Int? {
        guard self.tape.isPlain(at: value) else { return nil }
        let digits = self.tape.raw(at: value)
        guard digits.count <= 18 else { return nil }
        let isNegative = digits.first == UInt8(ascii: "-")
        var number = 0
        for digit in digits.dropFirst(isNegative ? 1 : 0) { number = number * 10 + Int(digit &- UInt8(ascii: "0")) }
        return isNegative ? -number : number
    }

    // MARK: Strings

    mutating func checkString(_ rules: StringRules, _ value: Int) -> Bool {
        var isValid = true
        if rules.minimumLength > 0 || rules.maximumLength < .max {
            let length = self.tape.scalarCount(at: value)
            if length < rules.minimumLength {
                isValid = self.fail(value, "minLength") {
                    "must have at least \(Self.counted(rules.minimumLength, "character")), has \(length)"
                }
            }
            if length > rules.maximumLength {
                isValid = self.fail(value, "maxLength") {
                    "must have at most \(Self.counted(rules.maximumLength, "character")), has \(length)"
                }
            }
        }
        // A text that is too long anyway is not worth a pattern's time.
        guard isValid else { return false }
        if rules.pattern >= 0 { isValid = self.checkPattern(rules.pattern, value) }
        if let format = rules.format, !self.withText(value, format.accepts) {
            isValid = self.fail(value, "format") { "must be \(format.noun)" }
        }
        return isValid
    }

    private mutating func checkPattern(_ number: Int, _ value: Int) -> Bool {
        let outcome = self.search(number, value)
        guard outcome != .matches else { return true }
        let text = self.schema.tables.patterns[number].text
        return self.fail(value, "pattern") {
            outcome == .fails ? "must match \(text)" : "is too long to be compared with \(text)"
        }
    }

    func search(_ pattern: Int, _ value: Int) -> PatternMatcher.Outcome {
        self.withText(value) { self.schema.tables.patterns[pattern].pattern.search($0) }
    }

    /// A string's text with its escapes decoded.
    private func withText<Result>(_ value: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        guard !self.tape.isPlain(at: value) else { return body(self.tape.content(at: value)) }
        return self.tape.decodedContent(at: value).withUnsafeBufferPointer(body)
    }

    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
