// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads the steps of a scenario.
struct ScenarioStepCompiler {
    /// A step every hundredth of a second is as fast as a mock goes.
    static let shortestRound: Int64 = 10
    private static let maximumTimes = 1_000_000

    let values: ScenarioValueCompiler
    let faults: FaultCollector
    /// The names of moments, which steps play.
    let moments: [String]

    func steps(_ node: DocumentNode, _ what: String) -> [ScenarioStep] {
        guard case .list(let elements) = node.value else {
            let _: Int? = node.refuse(what, "a list of steps", self.faults, hint: "write - publish: … or - wait: 1s")
            return []
        }
        return elements.compactMap(self.step)
    }

    private func step(_ node: DocumentNode) -> ScenarioStep? {
        guard let map = MapReader(node, ScenarioKeys.step, what: "a step", self.faults) else { return nil }
        let verbs = ScenarioKeys.verbs.filter { map[$0] != nil }
        guard let verb = verbs.first else {
            self.faults.error(
                "the step does nothing", at: node.location,
                hint: "a step has one of: \(ScenarioKeys.verbs.joined(separator: ", "))")
            return nil
        }
        guard verbs.count == 1 || verbs == ["repeat", "every"] else {
            self.faults.error(
                "a step does one thing, this one does \(verbs.joined(separator: " and "))",
                at: map.keyLocation(verbs[1]), hint: "make a step of each")
            return nil
        }
        for (key, owners) in ScenarioKeys.companions where map[key] != nil && !owners.contains(verb) {
            self.faults.error(
                "\"\(key)\" belongs to \(owners.joined(separator: " and ")), not to \"\(verb)\"",
                at: map.keyLocation(key))
        }
        let name = map["name"].flatMap { self.name($0) }
        return self.action(verb, map).map { ScenarioStep(name: name, action: $0, location: node.location) }
    }

    private func name(_ node: DocumentNode) -> String? {
        guard let name = node.nonEmptyText("\"name\"", self.faults) else { return nil }
        guard name.utf8.count <= 128 else { return node.refuse("\"name\"", "a text of 128 bytes at most", self.faults) }
        return name
    }

    private func action(_ verb: String, _ map: MapReader) -> ScenarioStep.Action? {
        guard let node = map[verb] else { return nil }
        switch verb {
        case "publish": return self.publication(node, map).map { .publish($0) }
        case "wait": return self.range(node, "\"wait\"").map { .wait($0) }
        case "repeat", "every": return self.loop(map)
        case "each": return self.each(node, map)
        case "set": return .set(self.values.assignments(node, "\"set\""))
        case "play": return self.play(node, with: map["with"])
        case "disconnect":
            if case .text("everyone") = node.value { return .disconnect(nil) }
            return .disconnect(self.values.value(node))
        default: return self.outage(node).map { .outage($0) }
        }
    }

    private func publication(_ node: DocumentNode, _ map: MapReader) -> ScenarioStep.Publication? {
        guard let event = node.nonEmptyText("\"publish\"", self.faults) else { return nil }
        let data =
            map["data"].map(self.values.value)
            ?? ScenarioValue(kind: .object([]), location: map.keyLocation("publish"))
        return ScenarioStep.Publication(
            event: event, data: data, channels: map["channels"].map { $0.elements.map(self.values.value) },
            users: map["users"].map { $0.elements.map(self.values.value) }, id: map["id"].map(self.values.value),
            app: map["app"]?.nonEmptyText("\"app\"", self.faults))
    }

    /// `2s` or `1s..3s`, in milliseconds.
    func range(_ node: DocumentNode, _ what: String) -> ClosedRange<Int64>? {
        guard case .text(let text) = node.value, let dots = text.firstRange(of: "..") else {
            return node.duration(what, allowsZero: true, self.faults).map { $0...$0 }
        }
        let ends = [text[..<dots.lowerBound], text[dots.upperBound...]].compactMap { end in
            DocumentNode(value: .text(String(end)), location: node.location)
                .duration(what, allowsZero: true, self.faults)
        }
        guard ends.count == 2 else { return nil }
        guard ends[0] <= ends[1] else {
            return node.refuse(what, "from the shorter to the longer time", self.faults)
        }
        return ends[0]...ends[1]
    }

    private func loop(_ map: MapReader) -> ScenarioStep.Action? {
        var times: Int?
        if let node = map["repeat"], !node.isText("forever") {
            guard let count = node.integer("\"repeat\"", in: 1...Self.maximumTimes, self.faults) else { return nil }
            times = count
        }
        var every: Int64?
        if let node = map["every"] {
            guard let length = node.duration("\"every\"", self.faults) else { return nil }
            guard length >= Self.shortestRound else {
                return node.refuse("\"every\"", "\(Self.shortestRound)ms or longer", self.faults)
            }
            every = length
        }
        guard let body = map.required("do", hint: "write do: [ … ], the steps of a round") else { return nil }
        let steps = self.steps(body, "\"do\"")
        if times == nil, every == nil, !steps.isEmpty, !steps.contains(where: \.takesTime) {
            self.faults.error(
                "this repeats forever without a pause", at: map.keyLocation("repeat"),
                hint: "write every: 1s beside it, or wait: 1s as one of its steps")
        }
        return .loop(ScenarioStep.Loop(times: times, every: every, steps: steps))
    }

    private func each(_ node: DocumentNode, _ map: MapReader) -> ScenarioStep.Action? {
        let list = self.values.choices(node, "\"each\"")
        let hint = "write as: service, and {service} where an element stands"
        guard let named = map.required("as", hint: hint), let text = named.nonEmptyText("\"as\"", self.faults),
            let name = self.values.variableName(text, at: named.location),
            let body = map.required("do", hint: "write do: [ … ], the steps for each")
        else { return nil }
        return .each(ScenarioStep.Each(list: list, name: name, steps: self.steps(body, "\"do\"")))
    }

    private func play(_ node: DocumentNode, with variables: DocumentNode?) -> ScenarioStep.Action? {
        let named = node["pick"] ?? node
        let names = named.elements.compactMap { element -> String? in
            guard let name = element.nonEmptyText("\"play\"", self.faults) else { return nil }
            guard self.moments.contains(name) else {
                self.faults.error(
                    "there is no moment \"\(name)\"", at: element.location,
                    hint: Spelling.hint(for: name, among: self.moments))
                return nil
            }
            return name
        }
        guard !names.isEmpty else { return nil }
        return .play(names, with: variables.map { self.values.assignments($0, "\"with\"") } ?? [])
    }

    /// RFC 6455 §7.4: what a close frame may carry.
    private func closeCode(_ node: DocumentNode) -> UInt16? {
        guard let code = node.integer("\"close\"", in: 1000...4999, self.faults) else { return nil }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: return UInt16(exactly: code)
        default:
            return node.refuse(
                "\"close\"", "a code that a server may send", self.faults, hint: "such as 1012, or 3000 to 4999")
        }
    }

    private func outage(_ node: DocumentNode) -> ScenarioStep.Outage? {
        guard let map = MapReader(node, ScenarioKeys.outage, what: "an outage", self.faults) else { return nil }
        var outage = ScenarioStep.Outage()
        let refusals = ScenarioStep.Outage.Refusal.allCases.map(\.rawValue)
        outage.refusal = map["refuse"]?.word("\"refuse\"", among: refusals, self.faults).flatMap { .init(rawValue: $0) }
        outage.close = map["close"].flatMap(self.closeCode)
        outage.slow = map["slow"]?.duration("\"slow\"", self.faults)
        outage.length = map["for"]?.duration("\"for\"", self.faults)
        if outage.refusal == nil, outage.close == nil, outage.slow == nil {
            self.faults.error(
                "the outage breaks nothing", at: node.location, hint: "write refuse:, close: or slow:")
        }
        return outage
    }
}

extension ScenarioStep {
    /// Whether some time passes before it is over. What a moment takes is not known here.
    fileprivate var takesTime: Bool {
        switch self.action {
        case .wait(let range): range.lowerBound >= ScenarioStepCompiler.shortestRound
        case .loop(let loop): loop.every != nil && loop.times != 1 || loop.steps.contains(where: \.takesTime)
        case .each(let each): each.steps.contains(where: \.takesTime)
        case .play: true
        default: false
        }
    }
}

extension DocumentNode {
    fileprivate func isText(_ text: String) -> Bool { if case .text(text) = self.value { true } else { false } }
}
