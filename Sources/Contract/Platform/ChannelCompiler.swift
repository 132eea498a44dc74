// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// Reads `channels:`.
struct ChannelCompiler {
    let faults: FaultCollector
    let asking: AskCompiler

    /// In the order of the file, but for a pattern that catches every name: it comes last.
    func channels(_ node: DocumentNode) -> [ChannelRules] {
        let channels = (node.entries("\"channels\"", self.faults) ?? []).compactMap(self.channel)
        return channels.filter { !$0.pattern.catchesAll } + channels.filter(\.pattern.catchesAll)
    }

    private func channel(_ entry: DocumentNode.Entry) -> ChannelRules? {
        let pattern = PatternCompiler(faults: self.faults).pattern(entry.key, at: entry.keyLocation)
        guard let map = MapReader(entry.value, ContractKeys.channel, what: "a channel", self.faults) else { return nil }
        let isInternal = map["internal"]?.bool("\"internal\"", self.faults) ?? false
        let subscribe = isInternal ? map["subscribe"] : map.required("subscribe", hint: RightCompiler.hint)
        func rights(_ node: DocumentNode?, _ key: String) -> [SubscribeRule] {
            let compiler = RightCompiler(
                key: key, parameters: pattern?.parameters ?? [], faults: self.faults, asking: self.asking)
            return node.map(compiler.rules) ?? []
        }
        let subscribeRules = rights(subscribe, "subscribe")
        if isInternal, !subscribeRules.isEmpty {
            self.faults.error(
                "nobody may subscribe to an internal channel", at: map.keyLocation("subscribe"),
                hint: "leave out subscribe: connections come to it by connect: joins:")
        }
        self.checkAsks(subscribeRules)
        let history = self.history(map)
        let undeclaredEvents = map["publish"].flatMap(self.eventNames)
        _ = map["exists"]?.word("\"exists\"", among: ["byRecord"], self.faults)
        let isRecoverable = map["recover"]?.bool("\"recover\"", self.faults) ?? false
        if isRecoverable && map["history"] == nil {
            self.faults.error(
                "\"recover\" needs \"history\"", at: map.keyLocation("recover"),
                hint: "say what is kept: history: { last: 100, for: 10m }")
        }
        let slow = map["slow"].flatMap(self.slowPolicy) ?? .close
        let log = map["log"].flatMap { self.log($0, parameters: pattern?.parameters ?? []) }
        let clientPublish = rights(map["clientPublish"], "clientPublish")
        guard let pattern else { return nil }
        var rules = ChannelRules(
            pattern: pattern, subscribe: subscribeRules, history: history,
            acceptsUndeclaredEvents: map["publish"] != nil, existsByRecord: map["exists"] != nil,
            location: entry.keyLocation)
        rules.undeclaredEvents = undeclaredEvents
        rules.clientPublish = clientPublish
        rules.isInternal = isInternal
        rules.isRecoverable = isRecoverable
        rules.slow = slow
        rules.log = log
        rules.wildcard = map["all"].flatMap { self.wildcard($0, map, rules) }
        return rules
    }

    private func checkAsks(_ rules: [SubscribeRule]) {
        let asks = rules.filter { if case .ask = $0.kind { true } else { false } }
        guard asks.count > 1 else { return }
        self.faults.error(
            "one backend is asked about a channel", at: asks[1].location, hint: "leave one ask, and let it decide")
    }

    /// - Returns: `nil` for `any`, and after a fault.
    private func eventNames(_ node: DocumentNode) -> ChannelPattern? {
        guard case .text(let text) = node.value, text.contains("{") else {
            _ = node.word("\"publish\"", among: ["any"], self.faults)
            return nil
        }
        return PatternCompiler(what: "a name of events", reserved: nil, faults: self.faults)
            .pattern(text, at: node.location)
    }

    /// The name that stands for all names of the pattern.
    private func wildcard(_ node: DocumentNode, _ map: MapReader, _ rules: ChannelRules) -> ChannelName? {
        guard let value = node.nonEmptyText("\"all\"", self.faults) else { return nil }
        guard rules.pattern.parameters.count == 1, !rules.pattern.catchesAll,
            let name = rules.pattern.name(with: value), rules.pattern.match(name.rawValue)?.map(String.init) == [value]
        else {
            self.faults.error(
                "\"all\" is the value of the pattern's one parameter", at: node.location,
                hint: "write it like \"service:{name}\": { all: \"*\" }")
            return nil
        }
        if rules.existsByRecord {
            self.faults.error("\"exists\" is about single channels, \"all\" about all of them", at: node.location)
        }
        let isByName = (rules.subscribe + rules.clientPublish).contains { right in
            switch right.kind {
            case .member, .memberOf, .user, .ask: true
            case .everyone, .role, .claims, .mode: false
            }
        }
        if isByName {
            self.faults.error(
                "who may hear all channels must not depend on their names", at: map.keyLocation("all"),
                hint: "give the right to everyone, a role or a claim")
        }
        return name
    }

    // MARK: History

    private func history(_ map: MapReader) -> ChannelRules.History? {
        let isDurable = map["durable"]?.bool("\"durable\"", self.faults) ?? false
        guard let node = map["history"] else {
            if isDurable {
                self.faults.error(
                    "\"durable\" needs \"history\"", at: map.keyLocation("durable"),
                    hint: "say what is kept: history: { last: 100, for: 7d }")
            }
            return nil
        }
        guard let history = MapReader(node, ContractKeys.history, what: "history", self.faults) else { return nil }
        let count = history.required("last", hint: "how many publications are kept, such as last: 100")?
            .integer("\"last\"", in: 1...1_000_000, self.faults)
        let age = history.required("for", hint: "how long each is kept, such as for: 7d")?.duration(
            "\"for\"", self.faults)
        guard let count, let age else { return nil }
        return ChannelRules.History(count: count, age: age, isDurable: isDurable)
    }

    // MARK: Delivery

    private func slowPolicy(_ node: DocumentNode) -> ChannelRules.SlowPolicy? {
        guard case .map = node.value else {
            let word = node.word("\"slow\"", among: ["close", "dropOldest"], self.faults)
            return word == "dropOldest" ? .dropOldest : .close
        }
        guard let map = MapReader(node, ContractKeys.slow, what: "\"slow\"", self.faults),
            let value = map.required("conflate", hint: "write conflate: \"{field}\""),
            let text = value.nonEmptyText("\"conflate\"", self.faults)
        else { return nil }
        guard let place = (try? PlaceText(text))?.singlePlace, !place.isOptional, !place.isSpread, place.fallback == nil
        else {
            self.faults.error(
                "\"conflate\" must be one field of the payload", at: value.location,
                hint: "write conflate: \"{orderId}\"")
            return nil
        }
        return .conflate(place.keys)
    }

    private func log(_ node: DocumentNode, parameters: [String]) -> TextTemplate? {
        let context = TemplateContext(
            name: "\"log\"", roots: [.publication, .channel], advice: [.now: "write {publication.time}"],
            channelParameters: parameters.filter { $0 != "name" })
        return TemplateCompiler(context: context, faults: self.faults).line(node, what: "\"log\"")
    }
}
