// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads the values of a scenario. Used by one task, never shared.
final class ScenarioValueCompiler {
    /// Shortest and longest distance of a placeholder such as `{now+2h}`: a hundred years.
    private static let maximumOffset: Int64 = 100 * 365 * 86_400_000
    private static let maximumDecimals = 6
    /// Beyond it, numbers would not stay exact.
    private static let largest: Int64 = 1_000_000_000

    let faults: FaultCollector
    private var placeCount = 0
    private var used: [(name: String, location: SourceLocation)] = []
    private var defined: Set<String> = []

    init(faults: FaultCollector) { self.faults = faults }

    // MARK: Variables

    func define(_ name: String) { self.defined.insert(name) }

    /// A name that variables may have, or a fault.
    func variableName(_ text: String, at location: SourceLocation) -> String? {
        guard Self.isName(text), !["now", "new"].contains(text) else {
            self.faults.error(
                "\"\(text)\" is no name of a variable", at: location,
                hint: "letters, digits and _, beginning with a letter; now and new are taken")
            return nil
        }
        self.define(text)
        return text
    }

    func assignments(_ node: DocumentNode, _ what: String) -> [Scenario.Assignment] {
        (node.entries(what, self.faults) ?? []).compactMap { entry in
            guard let name = self.variableName(entry.key, at: entry.keyLocation) else { return nil }
            return Scenario.Assignment(name: name, value: self.value(entry.value))
        }
    }

    /// Reports variables that are used and never set. To be called when everything was read.
    func checkVariables() {
        for use in self.used where !self.defined.contains(use.name) {
            self.faults.error(
                "nothing sets the variable \"\(use.name)\"", at: use.location,
                hint: Spelling.suggestion(for: use.name, among: self.defined.sorted())
                    ?? "placeholders are {now}, {new.id} and variables; write {{ for a brace")
        }
    }

    // MARK: Values

    func value(_ node: DocumentNode) -> ScenarioValue {
        ScenarioValue(kind: self.kind(node), location: node.location)
    }

    private func kind(_ node: DocumentNode) -> ScenarioValue.Kind {
        switch node.value {
        case .null, .faulty: return .json(Array("null".utf8))
        case .bool(let value): return .json(Array("\(value)".utf8))
        case .number(let text): return .json(Array(text.utf8))
        case .text(let text): return .text(self.parts(text, at: node.location))
        case .list(let elements): return .list(elements.map(self.value))
        case .map(let entries):
            if entries.count == 1, let made = self.made(entries[0]) { return made }
            return .object(entries.map { .init(key: $0.key, value: self.value($0.value)) })
        }
    }

    /// What a map of one key stands for when the key is one of those that make values.
    private func made(_ entry: DocumentNode.Entry) -> ScenarioValue.Kind? {
        let node = entry.value
        guard ScenarioKeys.value.keys.contains(entry.key) else { return nil }
        if entry.key == "literal" { return .json(Self.literal(node)) }
        self.placeCount += 1
        let place = self.placeCount
        switch entry.key {
        case "pick": return .pick(self.choices(node, "\"pick\""), place: place)
        case "next": return .next(self.choices(node, "\"next\""), place: place)
        case "count":
            let first = node.integer("\"count\"", in: -Int(Self.largest)...Int(Self.largest), self.faults)
            return .count(from: first ?? 0, place: place)
        case "walk": return self.span(node, "\"walk\"").map { .walk($0, place: place) } ?? .json(Array("0".utf8))
        default: return self.span(node, "\"rise\"").map { .rise($0, place: place) } ?? .json(Array("0".utf8))
        }
    }

    private static func literal(_ node: DocumentNode) -> [UInt8] {
        var rendering = JSONRendering()
        rendering.append(node, at: JSONPointer())
        return rendering.writer.bytes
    }

    /// A list, or the name of a variable that holds one.
    func choices(_ node: DocumentNode, _ what: String) -> ScenarioValue.Choices {
        switch node.value {
        case .list(let elements) where !elements.isEmpty: return .values(elements.map(self.value))
        case .text(let name) where Self.isName(name):
            self.used.append((name, node.location))
            return .variable(name)
        default:
            let _: Int? = node.refuse(
                what, "a list with something in it, or the name of a variable that holds one", self.faults)
            return .values([])
        }
    }

    /// `20..90 step 5`; without `step`, one unit of the last decimal place.
    private func span(_ node: DocumentNode, _ what: String) -> ScenarioValue.Span? {
        let hint = "such as 20..90 step 5, or 0.5..4.0 step 0.1"
        guard case .text(let text) = node.value else {
            return node.refuse(what, "two numbers with two dots between them", self.faults, hint: hint)
        }
        var words = text.split(separator: " ").map(String.init)
        var step: String?
        if words.count == 3, words[1] == "step" {
            step = words[2]
            words = [words[0]]
        }
        let ends = words.count == 1 ? Self.halves(words[0]) : nil
        let texts = [ends?.from, ends?.to, step].compactMap { $0 }
        let decimals = texts.map { $0.contains(".") ? $0.reversed().prefix { $0 != "." }.count : 0 }.max() ?? 0
        let numbers = texts.compactMap { Self.scaled($0, decimals: decimals) }
        guard ends != nil, numbers.count == texts.count, decimals <= Self.maximumDecimals else {
            return node.refuse(what, "two numbers with two dots between them", self.faults, hint: hint)
        }
        let span = ScenarioValue.Span(
            from: numbers[0], to: numbers[1], step: numbers.count > 2 ? numbers[2] : 1, decimals: decimals)
        guard span.step > 0, span.from != span.to else {
            return node.refuse(what, "from one number to another in steps greater than zero", self.faults, hint: hint)
        }
        return span
    }

    private static func halves(_ text: String) -> (from: String, to: String)? {
        guard let dots = text.firstRange(of: "..") else { return nil }
        return (String(text[..<dots.lowerBound]), String(text[dots.upperBound...]))
    }

    /// `4.5` in hundredths is 450; `nil` when it is no such number, or too large.
    private static func scaled(_ text: String, decimals: Int) -> Int64? {
        guard decimals <= Self.maximumDecimals else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard let whole = Int64(parts[0]), (-Self.largest...Self.largest).contains(whole),
            fraction.allSatisfy({ $0.isASCII && $0.isNumber }), parts.count == 1 || !fraction.isEmpty
        else { return nil }
        let padded = fraction + String(repeating: "0", count: decimals - fraction.count)
        let digits = Int64(padded.isEmpty ? "0" : padded) ?? 0
        let value = abs(whole) * ScenarioValue.Span.factor(decimals) + digits
        return text.hasPrefix("-") ? -value : value
    }

    // MARK: Texts

    /// `Order {order.number} of {now}`; `{{` stands for a brace.
    private func parts(_ text: String, at location: SourceLocation) -> [ScenarioValue.Part] {
        var parts: [ScenarioValue.Part] = []
        var literal = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "{" else {
                literal.append(character)
                continue
            }
            if rest.first == "{" {
                rest.removeFirst()
                literal.append("{")
                continue
            }
            guard let end = rest.firstIndex(of: "}") else {
                self.faults.error("a brace is not closed", at: location, hint: "write {{ for a brace")
                return [.literal(text)]
            }
            let name = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = ""
            guard let part = self.placeholder(name, at: location) else { return [.literal(text)] }
            parts.append(part)
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    private func placeholder(_ name: String, at location: SourceLocation) -> ScenarioValue.Part? {
        if name == "new.id" { return .id }
        if name.hasPrefix("now"), let offset = Self.offset(name.dropFirst(3)) { return .now(offset) }
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard
            path.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" } }),
            Self.isName(path[0]), !["now", "new"].contains(path[0])
        else {
            self.faults.error(
                "\"{\(name)}\" is no placeholder", at: location,
                hint:
                    "placeholders are {now}, {now+2h}, {new.id} and variables such as {order.id}; write {{ for a brace")
            return nil
        }
        self.used.append((path[0], location))
        return .variable(path)
    }

    /// `+2h` in milliseconds; nothing is zero.
    private static func offset(_ text: Substring) -> Int64? {
        guard let sign = text.first else { return 0 }
        guard sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits),
            let unit = DocumentNode.milliseconds[String(text.dropFirst(1 + digits.count))]
        else { return nil }
        let (product, overflows) = count.multipliedReportingOverflow(by: unit)
        guard !overflows, product <= Self.maximumOffset else { return nil }
        return sign == "-" ? -product : product
    }

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy {
            (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }
    }
}
