// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `subscribe: { ask: … }`, a right that the platform's backend decides about.
struct AskCompiler {
    private static let longestDeadline: Int64 = 60_000

    let isProduction: Bool
    /// What the contract says of `webhooks`, whose secret also signs questions.
    let webhooks: DocumentNode?
    let faults: FaultCollector

    /// - Returns: `nil` after a fault, and where the address is a variable that is set to nothing.
    func rule(_ map: MapReader) -> AskRule? {
        let cache = map["cache"]?.duration("\"cache\"", self.faults)
        let deadline = map["deadline"]?.duration("\"deadline\"", self.faults)
        let down = map["down"]?.word("\"down\"", among: ["refuse", "allow"], self.faults)
        if let cache, cache < 1000, let node = map["cache"] {
            self.faults.error("\"cache\" must be at least 1s", at: node.location)
        }
        if let deadline, deadline > Self.longestDeadline, let node = map["deadline"] {
            self.faults.error("\"deadline\" must be at most 1m", at: node.location)
        }
        guard let value = map["ask"], !value.isEmptyVariable,
            let url = value.address("\"ask\"", example: "https://backend.example/may-subscribe", self.faults),
            let secret = self.secret(map, at: value)
        else { return nil }
        var rule = AskRule(url: url, secret: secret)
        if let cache { rule.cache = cache }
        if let deadline { rule.deadline = deadline }
        rule.allowsWhenDown = down == "allow"
        return rule
    }

    private func secret(_ map: MapReader, at address: DocumentNode) -> String? {
        guard let value = map["secret"] ?? self.webhooks?["secret"] else {
            self.faults.error(
                "\"ask\" needs a \"secret\", here or under \"webhooks\"", at: address.location, hint: BackendSecret.hint
            )
            return nil
        }
        return BackendSecret(isProduction: self.isProduction, faults: self.faults).secret(value)
    }
}
