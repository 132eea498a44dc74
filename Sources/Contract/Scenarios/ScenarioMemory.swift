// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
package import Realtime

/// What the steps of one run know: variables, where counters and walks stand, and chance. The same seed and name give the same
/// values in the same order.
package struct ScenarioMemory: Sendable {
    /// What one value may grow to, in bytes; what is beyond is `null`.
    private static let maximumByteCount = 1024 * 1024

    private var variables: [String: JSONDocument] = [:]
    private var places: [Int: Int64] = [:]
    private var state: UInt64
    /// In a rehearsal: which of the choices is taken, instead of chance.
    private let variant: Int?
    /// The most choices that a value had.
    private(set) var choiceCount = 1

    package init(seed: UInt64, name: String) {
        // FNV-1a, so that each run has numbers of its own.
        self.state = name.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        self.variant = nil
    }

    init(variant: Int) {
        self.state = 1
        self.variant = variant
    }

    // MARK: Variables

    package subscript(name: String) -> JSONDocument? {
        get { self.variables[name] }
        set { self.variables[name] = newValue }
    }

    package mutating func set(_ assignments: [Scenario.Assignment], now: Timestamp) {
        for assignment in assignments {
            self.variables[assignment.name] = self.document(assignment.value, now: now)
        }
    }

    /// The elements to go through.
    package mutating func elements(_ choices: ScenarioValue.Choices, now: Timestamp) -> [JSONDocument] {
        switch choices {
        case .values(let values): return values.compactMap { self.document($0, now: now) }
        case .variable(let name):
            guard let root = self.variables[name]?.root, root.kind == .array else { return [] }
            return root.elements.compactMap { try? JSONDocument(parsing: Array($0.rawBytes)) }
        }
    }

    // MARK: Values

    package mutating func document(_ value: ScenarioValue, now: Timestamp) -> JSONDocument? {
        var writer = JSONWriter()
        self.write(value, now: now, to: &writer)
        return try? JSONDocument(parsing: writer.bytes, maximumDepth: 128)
    }

    /// The value as a text: a JSON string's content, anything else as it is written.
    package mutating func text(_ value: ScenarioValue, now: Timestamp) -> String {
        self.document(value, now: now).map { Self.text($0.root) } ?? ""
    }

    /// Milliseconds in the range, by chance.
    package mutating func duration(in range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(self.random(below: UInt64(range.upperBound - range.lowerBound) + 1))
    }

    /// One of so many, at least one, by chance.
    package mutating func choice(of count: Int) -> Int {
        self.choiceCount = max(self.choiceCount, count)
        if let variant { return variant % max(count, 1) }
        return Int(self.random(below: UInt64(max(count, 1))))
    }

    private mutating func write(_ value: ScenarioValue, now: Timestamp, to writer: inout JSONWriter) {
        guard writer.bytes.count < Self.maximumByteCount else { return writer.null() }
        switch value.kind {
        case .json(let text): writer.raw(text)
        case .text(let parts): self.write(parts, now: now, to: &writer)
        case .list(let elements):
            writer.beginArray()
            for element in elements { self.write(element, now: now, to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.key)
                self.write(member.value, now: now, to: &writer)
            }
            writer.endObject()
        case .pick(let choices, _):
            self.write(choices, now: now, to: &writer) { memory, count in memory.choice(of: count) }
        case .next(let choices, let place):
            self.write(choices, now: now, to: &writer) { memory, count in
                memory.choiceCount = max(memory.choiceCount, count)
                if let variant = memory.variant { return variant % count }
                let index = memory.places[place] ?? 0
                memory.places[place] = index &+ 1
                return Int(index % Int64(count))
            }
        case .count(let first, let place):
            let count = self.places[place] ?? Int64(self.variant ?? 0)
            self.places[place] = count &+ 1
            writer.raw(Array(String(Int64(first) &+ count).utf8))
        case .walk(let span, let place): writer.raw(Array(span.text(self.walk(span, place)).utf8))
        case .rise(let span, let place): writer.raw(Array(span.text(self.rise(span, place)).utf8))
        }
    }

    private mutating func write(
        _ choices: ScenarioValue.Choices, now: Timestamp, to writer: inout JSONWriter,
        index: (inout Self, Int) -> Int
    ) {
        switch choices {
        case .values(let values):
            guard !values.isEmpty else { return writer.null() }
            self.write(values[index(&self, values.count)], now: now, to: &writer)
        case .variable(let name):
            guard let root = self.variables[name]?.root, root.kind == .array, root.count > 0 else {
                return writer.null()
            }
            let index = index(&self, root.count)
            for (place, element) in root.elements.enumerated() where place == index { writer.raw(element) }
        }
    }

    private mutating func write(_ parts: [ScenarioValue.Part], now: Timestamp, to writer: inout JSONWriter) {
        // Alone, a variable keeps its kind.
        if parts.count == 1, case .variable(let path) = parts[0] {
            guard let node = self.node(path) else { return writer.null() }
            return writer.raw(node)
        }
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .variable(let path): text += self.node(path).map(Self.text) ?? ""
            case .now(let offset):
                text += Timestamp(milliseconds: now.milliseconds &+ offset).description
            case .id: text += self.id()
            }
            if text.utf8.count > Self.maximumByteCount { break }
        }
        writer.string(text)
    }

    private func node(_ path: [String]) -> JSONNode? {
        guard let name = path.first, var node = self.variables[name]?.root else { return nil }
        for key in path.dropFirst() {
            guard let child = node.descendant(at: JSONPointer([key])) else { return nil }
            node = child
        }
        return node
    }

    private static func text(_ node: JSONNode) -> String {
        if node.isNull { return "" }
        return node.string ?? String(decoding: node.rawBytes, as: UTF8.self)
    }

    // MARK: Numbers

    private mutating func walk(_ span: ScenarioValue.Span, _ place: Int) -> Int64 {
        let least = min(span.from, span.to)
        let most = max(span.from, span.to)
        if let variant { return variant % 2 == 0 ? least : most }
        let current = self.places[place] ?? span.from &+ (span.to &- span.from) / 2
        let change = self.duration(in: -span.step...span.step)
        let value = min(max(current &+ change, least), most)
        self.places[place] = value
        return value
    }

    private mutating func rise(_ span: ScenarioValue.Span, _ place: Int) -> Int64 {
        if let variant { return variant % 2 == 0 ? span.from : span.to }
        let value = self.places[place] ?? span.from
        let isUp = span.from <= span.to
        let next = isUp ? value &+ span.step : value &- span.step
        let isPast = isUp ? next > span.to : next < span.to
        // The end is reached even when the steps do not meet it.
        self.places[place] = value == span.to ? span.from : isPast ? span.to : next
        return value
    }

    /// SplitMix64.
    private mutating func random() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private mutating func random(below bound: UInt64) -> UInt64 { self.random() % max(bound, 1) }

    private mutating func id() -> String {
        let digits = [self.random(), self.random()].map { number in
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        let characters = Array(digits)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(characters[$0]) }.joined(separator: "-")
    }
}
