// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `limits:`.
struct LimitCompiler {
    private static let largestExactCount = 100_000
    private static let largestSize = 64 * 1024 * 1024

    let faults: FaultCollector

    func rules(_ node: DocumentNode?) -> LimitRules {
        var rules = LimitRules()
        guard let node, let map = MapReader(node, ContractKeys.limits, what: "limits", self.faults) else {
            return rules
        }
        let rates = RateCompiler(faults: self.faults)
        if let value = map["connections"] { rates.connections(value, into: &rules) }
        rules.attempts = map["attempts"].map { rates.scopedRates($0, "attempts", scopes: [.user, .address]) } ?? []
        rules.messages =
            map["messages"].map {
                rates.scopedRates($0, "messages", scopes: [.connection, .user], mayDelay: true, mayLast: true)
            } ?? []
        rules.publishes =
            map["publish"].map { rates.scopedRates($0, "publish", scopes: [.connection, .user, .channel]) } ?? []
        if let node = map["apps"] { self.readApps(node, rates, into: &rules) }
        if let node = map["subscriptions"] { self.readSubscriptions(node, rates, into: &rules) }
        rules.invalidMessages = map["invalidMessages"].flatMap {
            rates.connectionRate($0, "invalidMessages", isScopeWritten: false)
        }
        if let node = map["idle"] { self.readIdle(node, map, into: &rules) }
        rules.lifetime = self.end(map, "lifetime")
        rules.throttle = map["throttle"].flatMap(self.throttle)
        if let count = map["subscriptionsPerConnection"]?
            .integer("\"subscriptionsPerConnection\"", in: 1...1_000_000, self.faults)
        {
            rules.subscriptionsPerConnection = count
        }
        if let count = map["channelsPerPublication"]?.integer(
            "\"channelsPerPublication\"", in: 1...1_000_000, self.faults)
        {
            rules.channelsPerPublication = count
        }
        let sizes = 128...Self.largestSize
        if let size = map["message"]?.byteCount("\"message\"", in: sizes, self.faults) { rules.messageByteCount = size }
        if let size = map["payload"]?.byteCount("\"payload\"", in: sizes, self.faults) { rules.payloadByteCount = size }
        if let size = map["queue"]?.byteCount("\"queue\"", in: sizes, self.faults) { rules.queueByteCount = size }
        if rules.payloadByteCount > rules.queueByteCount {
            self.faults.error(
                "a payload of \"payload\" bytes never fits the \"queue\" of a connection",
                at: (map["queue"] ?? map["payload"] ?? node).location,
                hint: "make queue at least as large as payload, by default 256KiB")
        }
        return rules
    }

    private func readApps(_ node: DocumentNode, _ rates: RateCompiler, into rules: inout LimitRules) {
        rules.apps = rates.scopedRates(node, "apps", scopes: [.app, .channel])
        if rules.apps.contains(where: { $0.rate.count > Self.largestExactCount }) {
            self.faults.error(
                "\"apps\" is counted exactly, so it must allow at most \(Self.largestExactCount)", at: node.location)
        }
    }

    /// A rate of channels, or `{ rate: 10/min per connection, counts: requests }`.
    private func readSubscriptions(_ node: DocumentNode, _ rates: RateCompiler, into rules: inout LimitRules) {
        guard case .map = node.value else {
            rules.subscriptionRate = rates.connectionRate(node, "subscriptions", isScopeWritten: true)
            return
        }
        guard let map = MapReader(node, ContractKeys.subscriptions, what: "\"subscriptions\"", self.faults) else {
            return
        }
        let rate = map.required("rate", hint: RateText.hint)
            .flatMap { rates.connectionRate($0, "subscriptions", isScopeWritten: true) }
        let counts = map["counts"]?.word("\"counts\"", among: ["channels", "requests"], self.faults)
        if counts == "requests" { rules.subscriptionRequests = rate } else { rules.subscriptionRate = rate }
    }

    /// A time, or `{ after: 15m, counts: both }`.
    private func readIdle(_ node: DocumentNode, _ limits: MapReader, into rules: inout LimitRules) {
        guard case .map = node.value else {
            rules.idle = self.end(limits, "idle")
            return
        }
        guard let map = MapReader(node, ContractKeys.idle, what: "\"idle\"", self.faults) else { return }
        _ = map.required("after", hint: "how long nothing may pass, such as after: 15m")
        rules.idle = self.end(map, "after")
        rules.idleCountsBoth = map["counts"]?.word("\"counts\"", among: ["client", "both"], self.faults) == "both"
    }

    private func throttle(_ node: DocumentNode) -> LimitRules.Throttle? {
        guard let map = MapReader(node, ContractKeys.throttle, what: "throttle", self.faults) else { return nil }
        let first = map.required("from", hint: "how long the first connection waits, such as from: 1s")?
            .duration("\"from\"", self.faults)
        let longest = map.required("to", hint: "how long one waits at most, such as to: 30s")?
            .duration("\"to\"", self.faults)
        guard let first, let longest else { return nil }
        if first > longest {
            self.faults.error("\"from\" must not be longer than \"to\"", at: map["from"]?.location ?? node.location)
        }
        return LimitRules.Throttle(first: first, longest: longest)
    }

    /// A time after which a connection ends.
    private func end(_ map: MapReader, _ key: String) -> Int64? {
        guard let node = map[key], !node.isEmptyVariable, let time = node.duration("\"\(key)\"", self.faults) else {
            return nil
        }
        if time < 1000 { self.faults.error("\"\(key)\" must be at least 1s", at: node.location) }
        return time
    }
}
