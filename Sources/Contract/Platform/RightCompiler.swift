// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads a right: who may subscribe to a channel, or publish there, or join a namespace.
struct RightCompiler {
    static let hint =
        "write everyone, member, nobody, { user: \"{did}\" }, { role: NAME }, { claim: { NAME: VALUE } }, "
        + "{ memberOf: CHANNEL } or { ask: ADDRESS }, or a list of these"

    private static let namespaceHint =
        "write everyone, { user: \"{did}\" }, { role: NAME } or { claim: { NAME: VALUE } }, or a list of these"

    /// `subscribe` or `clientPublish`, or `require` of a namespace, which has no members and is there for somebody.
    let key: String
    /// Of the channel's pattern.
    let parameters: [String]
    let faults: FaultCollector
    /// `nil`: nobody is asked.
    var asking: AskCompiler?

    private var verb: String {
        switch self.key {
        case "subscribe": "subscribe"
        case "require": "join"
        default: "publish"
        }
    }

    private var isOfNamespace: Bool { self.key == "require" }
    private var advice: String { self.isOfNamespace ? Self.namespaceHint : Self.hint }
    private var adviceForNobody: String {
        self.isOfNamespace ? "leave it out for everybody, or leave out the namespace" : "write \(self.key): nobody"
    }

    func rules(_ node: DocumentNode) -> [SubscribeRule] {
        if case .list(let elements) = node.value {
            if elements.isEmpty {
                self.faults.error(
                    "an empty list lets nobody \(self.verb)", at: node.location, hint: self.adviceForNobody)
            }
            return elements.flatMap { self.rule($0, isAlone: false) }
        }
        return self.rule(node, isAlone: true)
    }

    private func rule(_ node: DocumentNode, isAlone: Bool) -> [SubscribeRule] {
        switch node.value {
        case .text("member") where self.isOfNamespace, .text("nobody") where self.isOfNamespace:
            self.refuseMembers(node.kindInWords, at: node.location)
            return []
        case .text("everyone"): return [SubscribeRule(.everyone, location: node.location)]
        case .text("member"): return [SubscribeRule(.member, location: node.location)]
        case .text("nobody"):
            if !isAlone { self.faults.error("\"nobody\" stands alone", at: node.location) }
            return []
        case .text(let text):
            self.faults.error(
                "unknown right to \(self.verb) \"\(text)\"", at: node.location,
                hint: Spelling.suggestion(
                    for: text, among: self.isOfNamespace ? ["everyone"] : ["everyone", "member", "nobody"])
                    ?? self.advice)
            return []
        case .map: return self.mapRule(node)
        default:
            return node.refuse("\"\(self.key)\"", "a right to \(self.verb)", self.faults, hint: self.advice) ?? []
        }
    }

    private func refuseMembers(_ word: String, at location: SourceLocation) {
        self.faults.error(
            "\(word) is no right to join a namespace", at: location, hint: Self.namespaceHint)
    }

    private func mapRule(_ node: DocumentNode) -> [SubscribeRule] {
        guard let map = MapReader(node, ContractKeys.right, what: "\"\(self.key)\"", self.faults) else { return [] }
        let given = ContractKeys.right.keys.filter { map[$0] != nil && !ContractKeys.askTerms.contains($0) }
        if given.count > 1 {
            self.faults.error(
                "one right holds one of \(given.joined(separator: ", "))", at: node.location,
                hint: "write a list, - { \(given[0]): … } and so on: any one of them suffices")
        } else if given.isEmpty, case .map(let entries) = node.value, entries.isEmpty {
            self.faults.error(
                "an empty map lets nobody \(self.verb)", at: node.location, hint: self.adviceForNobody)
        }
        if let term = ContractKeys.askTerms.first(where: { map[$0] != nil }), map["ask"] == nil {
            self.faults.error("\"\(term)\" belongs to \"ask\"", at: map.keyLocation(term))
        }
        for key in ["member", "memberOf"] where self.isOfNamespace && map[key] != nil {
            self.refuseMembers("\"\(key)\"", at: map.keyLocation(key))
            return []
        }
        let names = NameTemplateCompiler(places: .parameters(self.parameters), faults: self.faults)
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
        if let value = map["claim"], let claims = self.claims(value) {
            rules.append(SubscribeRule(.claims(claims), location: node.location))
        }
        if let value = map["mode"],
            let mode = value.word("\"mode\"", among: AuthRules.Mode.allCases.map(\.rawValue), self.faults)
                .flatMap(AuthRules.Mode.init)
        {
            rules.append(SubscribeRule(.mode(mode), location: node.location))
        }
        if map["ask"] != nil { rules += self.askRule(map) }
        return rules
    }

    /// None where the address is a variable that is set to nothing.
    private func askRule(_ map: MapReader) -> [SubscribeRule] {
        guard let asking, self.key == "subscribe" else {
            self.faults.error(
                "the backend is asked who may subscribe, and nothing else", at: map.keyLocation("ask"),
                hint: self.isOfNamespace ? Self.namespaceHint : "write { role: NAME } or another right that is known")
            return []
        }
        return asking.rule(map).map { [SubscribeRule(.ask($0), location: map.node.location)] } ?? []
    }

    /// Claims by name, each with the values of which it must have one.
    private func claims(_ node: DocumentNode) -> [String: [String]]? {
        guard let entries = node.entries("\"claim\"", self.faults) else { return nil }
        var claims: [String: [String]] = [:]
        for entry in entries {
            let values = entry.value.elements.compactMap { $0.nonEmptyText("a claim's value", self.faults) }
            if case .list(let elements) = entry.value.value, elements.isEmpty {
                self.faults.error("\"\(entry.key)\" can have none of no values", at: entry.value.location)
            }
            claims[entry.key] = values
        }
        if entries.isEmpty {
            self.faults.error(
                "\"claim\" names no claim", at: node.location, hint: "write { claim: { user_type: employer } }")
            return nil
        }
        return claims
    }
}
