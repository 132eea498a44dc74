// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import JSON
import Realtime

/// Reads `alerts:`.
struct AlertCompiler {
    let isProduction: Bool
    let faults: FaultCollector

    func alerts(_ node: DocumentNode?) -> [AlertRule] {
        guard let node, let entries = node.entries("\"alerts\"", self.faults) else { return [] }
        return entries.compactMap { entry in
            guard let figure = AlertRule.Figure(rawValue: entry.key) else {
                let names = AlertRule.Figure.allCases.map(\.rawValue)
                self.faults.error(
                    "\"\(entry.key)\" is nothing that an alert can be about", at: entry.keyLocation,
                    hint: Spelling.hint(for: entry.key, among: names))
                return nil
            }
            return self.alert(figure, entry.value)
        }
    }

    private func alert(_ figure: AlertRule.Figure, _ node: DocumentNode) -> AlertRule? {
        guard let map = MapReader(node, ContractKeys.alert, what: "an alert", self.faults) else { return nil }
        let webhook = self.webhook(map)
        let delay = map["for"]?.duration("\"for\"", allowsZero: true, self.faults) ?? 0
        guard let value = map.required("above", hint: "how much is too much, such as above: 100/min"),
            !value.isEmptyVariable, let above = self.rate(value, "above")
        else { return nil }
        let below = map["below"].flatMap { self.rate($0, "below") }
        if let below, let node = map["below"] {
            if below.window != above.window {
                self.faults.error(
                    "\"below\" is counted in the time of \"above\"", at: node.location,
                    hint: "write both with the same of s, min and h")
            } else if below.count > above.count {
                self.faults.error("\"below\" must not be more than \"above\"", at: node.location)
            }
        }
        return AlertRule(
            figure, above: above, below: below?.count ?? above.count / 2, delay: delay, webhook: webhook)
    }

    private func rate(_ node: DocumentNode, _ key: String) -> LimitRules.Rate? {
        guard let text = node.text("\"\(key)\"", self.faults) else { return nil }
        guard let rate = RateText(text), let window = rate.window, rate.scope == nil,
            (0...RateText.largestCount).contains(rate.count)
        else {
            return node.refuse(
                "\"\(key)\"", "a rate", self.faults,
                hint: "write it like 100/min, with s, min or h and at most \(RateText.largestCount)")
        }
        return LimitRules.Rate(count: rate.count, window: window)
    }

    private func webhook(_ map: MapReader) -> AlertRule.Webhook? {
        guard let node = map["url"], !node.isEmptyVariable else { return nil }
        let url = node.address("\"url\"", example: "https://backend.example/alerts", self.faults)
        guard let secret = map["secret"], !secret.isEmptyVariable else {
            self.faults.error(
                "\"url\" needs \"secret\"", at: map.keyLocation("url"),
                hint: "messages are signed: write secret: ${NAME}, with whsec_ and the base64 of 24 to 64 bytes")
            return nil
        }
        guard let text = secret.nonEmptyText("\"secret\"", self.faults), let url else { return nil }
        guard WebhookSignature(secret: text) != nil else {
            self.faults.error(
                "\"secret\" must be whsec_ and the base64 of 24 to 64 bytes", at: secret.location,
                hint: "make one, such as with: echo whsec_$(openssl rand -base64 32)")
            return nil
        }
        if self.isProduction && secret.origin != .variable {
            self.faults.error(
                "a secret must not be written in the contract in production mode", at: secret.location,
                hint: "write secret: ${NAME} and set the variable NAME in the server's environment")
        }
        return AlertRule.Webhook(url: url, secret: text)
    }
}
