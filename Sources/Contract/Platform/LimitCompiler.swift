// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `limits:`.
struct LimitCompiler {
    private static let windows: [String: Int64] = ["s": 1000, "min": 60_000, "h": 3_600_000]
    private static let largestSize = 64 * 1024 * 1024

    let faults: FaultCollector

    func rules(_ node: DocumentNode?) -> LimitRules {
        var rules = LimitRules()
        guard let node, let map = MapReader(node, ContractKeys.limits, what: "limits", self.faults) else {
            return rules
        }
        if let value = map["subscriptions"] { rules.subscriptionRate = self.rate(value, "\"subscriptions\"") }
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

    /// `60/min per connection`
    private func rate(_ node: DocumentNode, _ what: String) -> LimitRules.Rate? {
        let hint = "write it like 60/min per connection, with s, min or h"
        guard case .text(let text) = node.value else { return node.refuse(what, "a rate", self.faults, hint: hint) }
        let parts = text.split(separator: " ").map(String.init)
        let rate = (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard rate.count == 2, let count = Int(rate[0]), let window = Self.windows[rate[1]],
            parts.dropFirst().first == "per",
            parts.count == 3
        else { return node.refuse(what, "a rate", self.faults, hint: hint) }
        guard count > 0 else {
            self.faults.error(
                "\(what) can never be met: it allows none", at: node.location, hint: "leave it out for no limit")
            return nil
        }
        guard count <= 1_000_000 else {
            self.faults.error(
                "\(what) must allow at most 1000000", at: node.location, hint: "leave it out for no limit")
            return nil
        }
        guard parts[2] == "connection" else {
            let isKnown = ["user", "room", "app", "channel", "address"].contains(parts[2])
            self.faults.error(
                isKnown
                    ? "a limit per \(parts[2]) is not available in this version"
                    : "\(what): unknown \"per \(parts[2])\"",
                at: node.location, hint: hint)
            return nil
        }
        return LimitRules.Rate(count: count, window: window)
    }
}
