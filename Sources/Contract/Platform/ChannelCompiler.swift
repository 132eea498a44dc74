// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads `channels:`.
struct ChannelCompiler {
    private static let subscribeHint =
        "write everyone, member, nobody, { user: \"{did}\" }, { role: NAME } or { memberOf: CHANNEL }, or a list of these"

    let faults: FaultCollector

    func channels(_ node: DocumentNode) -> [ChannelRules] {
        (node.entries("\"channels\"", self.faults) ?? []).compactMap(self.channel)
    }

    private func channel(_ entry: DocumentNode.Entry) -> ChannelRules? {
        let pattern = PatternCompiler(faults: self.faults).pattern(entry.key, at: entry.keyLocation)
        guard let map = MapReader(entry.value, ContractKeys.channel, what: "a channel", self.faults) else { return nil }
        let subscribe = map.required("subscribe", hint: Self.subscribeHint)
        let rules = subscribe.map { self.rules($0, parameters: pattern?.parameters ?? []) } ?? []
        let history = self.history(map)
        _ = map["publish"]?.word("\"publish\"", among: ["any"], self.faults)
        _ = map["exists"]?.word("\"exists\"", among: ["byRecord"], self.faults)
        guard let pattern else { return nil }
        return ChannelRules(
            pattern: pattern, subscribe: rules, history: history, acceptsUndeclaredEvents: map["publish"] != nil,
            existsByRecord: map["exists"] != nil, location: entry.keyLocation)
    }

    // MARK: Subscribing

    private func rules(_ node: DocumentNode, parameters: [String]) -> [SubscribeRule] {
        if case .list(let elements) = node.value {
            if elements.isEmpty {
                self.faults.error(
                    "an empty list lets nobody subscribe", at: node.location, hint: "write subscribe: nobody")
            }
            return elements.flatMap { self.rule($0, parameters: parameters, isAlone: false) }
        }
        return self.rule(node, parameters: parameters, isAlone: true)
    }

    private func rule(_ node: DocumentNode, parameters: [String], isAlone: Bool) -> [SubscribeRule] {
        switch node.value {
        case .text("everyone"): return [SubscribeRule(.everyone, location: node.location)]
        case .text("member"): return [SubscribeRule(.member, location: node.location)]
        case .text("nobody"):
            if !isAlone { self.faults.error("\"nobody\" stands alone", at: node.location) }
            return []
        case .text(let text):
            self.faults.error(
                "unknown right to subscribe \"\(text)\"", at: node.location,
                hint: Spelling.suggestion(for: text, among: ["everyone", "member", "nobody"]) ?? Self.subscribeHint)
            return []
        case .map: return self.mapRule(node, parameters: parameters)
        default:
            return node.refuse("\"subscribe\"", "a right to subscribe", self.faults, hint: Self.subscribeHint) ?? []
        }
    }

    private func mapRule(_ node: DocumentNode, parameters: [String]) -> [SubscribeRule] {
        guard let map = MapReader(node, ContractKeys.subscribe, what: "\"subscribe\"", self.faults) else { return [] }
        let given = ContractKeys.subscribe.keys.filter { map[$0] != nil }
        if given.count > 1 {
            self.faults.error(
                "one right holds one of \(given.joined(separator: ", "))", at: node.location,
                hint: "write a list, - { \(given[0]): … } and so on: any one of them suffices")
        } else if given.isEmpty, case .map(let entries) = node.value, entries.isEmpty {
            self.faults.error("an empty map lets nobody subscribe", at: node.location, hint: "write subscribe: nobody")
        }
        let names = NameTemplateCompiler(places: .parameters(parameters), faults: self.faults)
        var rules: [SubscribeRule] = []
        if let value = map["member"], let isMember = value.bool("\"member\"", self.faults) {
            if !isMember { self.faults.error("\"member\" can only be true", at: value.location) }
            rules.append(SubscribeRule(.member, location: node.location))
        }
        if let value = map["memberOf"], let template = names.name(value, what: "\"memberOf\"") {
            rules.append(SubscribeRule(.memberOf(template), location: value.location))
        }
        if let value = map["user"], let template = names.name(value, what: "\"user\"") {
            rules.append(SubscribeRule(.user(template), location: node.location))
        }
        for value in map["role"]?.elements ?? [] {
            if let role = value.nonEmptyText("\"role\"", self.faults) {
                rules.append(SubscribeRule(.role(role), location: node.location))
            }
        }
        return rules
    }

    // MARK: History

    private func history(_ map: MapReader) -> ChannelRules.History? {
        let isDurable = map["durable"]?.bool("\"durable\"", self.faults)
        guard let node = map["history"] else {
            if isDurable == true {
                self.faults.error(
                    "\"durable\" needs \"history\" in this version", at: map.keyLocation("durable"),
                    hint: "say what is kept: history: { last: 100, for: 7d }")
            }
            return nil
        }
        if map["durable"] == nil || isDurable == false {
            self.faults.error(
                "\"history\" is kept only where durable: true is written, in this version",
                at: map.keyLocation("history"),
                hint: "add durable: true")
        }
        guard let history = MapReader(node, ContractKeys.history, what: "history", self.faults) else { return nil }
        let count = history.required("last", hint: "how many publications are kept, such as last: 100")?
            .integer("\"last\"", in: 1...1_000_000, self.faults)
        let age = history.required("for", hint: "how long each is kept, such as for: 7d")?.duration(
            "\"for\"", self.faults)
        guard let count, let age else { return nil }
        return ChannelRules.History(count: count, age: age)
    }
}
