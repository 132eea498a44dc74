// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import Realtime

/// Reads the limits of a contract, those that hold without being written among them.
struct LimitReader {
    let rules: LimitRules
    let document: ContractDocument

    func limits() -> [LimitOutline] {
        let rules = self.rules
        var limits: [LimitOutline] = []
        for (count, scope) in [(rules.connectionsPerUser, "user"), (rules.connectionsPerAddress, "address")] {
            guard let count else { continue }
            limits.append(
                self.limit(
                    "connections", "\(count) per \(scope)", "Connections at once.", Int64(count), scope: scope))
        }
        limits += rules.attempts.map {
            self.rate("attempts", $0, $0.countsRefused ? "Tries to connect that were refused." : "Tries to connect.")
        }
        limits += rules.messages.map {
            self.rate(
                "messages", $0,
                $0.exceeding == .delay ? "Messages; what is too much waits." : "Messages of clients.")
        }
        limits += rules.publishes.map { self.rate("publish", $0, "Publications by commands.") }
        limits += rules.apps.map { self.rate("apps", $0, "Publications of apps.") }
        if let rate = rules.invalidMessages {
            limits.append(
                self.limit(
                    "invalidMessages", "\(rate.count)/\(Words.window(rate.window))",
                    "Messages of a connection that are none of the platform's.", Int64(rate.count),
                    window: rate.window, scope: "connection"))
        }
        limits += self.subscriptions()
        if let idle = rules.idle {
            let meaning =
                rules.idleCountsBoth
                ? "Without a message in either direction the connection ends."
                : "Without a message from the client the connection ends."
            limits.append(self.limit("idle", Words.duration(idle), meaning, idle))
        }
        if let lifetime = rules.lifetime {
            limits.append(
                self.limit("lifetime", Words.duration(lifetime), "So long a connection lasts at most.", lifetime))
        }
        if let throttle = rules.throttle {
            limits.append(
                self.limit(
                    "throttle", "\(Words.duration(throttle.first)) to \(Words.duration(throttle.longest))",
                    "So long new connections wait of somebody who went past a limit.", throttle.longest))
        }
        return limits + self.sizes()
    }

    private func subscriptions() -> [LimitOutline] {
        var limits: [LimitOutline] = []
        let rates = [
            (self.rules.subscriptionRate, "Channels that a connection asks to subscribe to."),
            (self.rules.subscriptionRequests, "Messages that subscribe or unsubscribe."),
        ]
        for (rate, meaning) in rates {
            guard let rate else { continue }
            limits.append(
                self.limit(
                    "subscriptions", "\(rate.count)/\(Words.window(rate.window)) per connection", meaning,
                    Int64(rate.count), window: rate.window, scope: "connection"))
        }
        return limits
    }

    private func sizes() -> [LimitOutline] {
        let rules = self.rules
        return [
            self.limit(
                "subscriptionsPerConnection", "\(rules.subscriptionsPerConnection)",
                "Channels that a connection may be subscribed to at once.", Int64(rules.subscriptionsPerConnection),
                scope: "connection"),
            self.size("message", rules.messageByteCount, "One message of a client."),
            self.size("queue", rules.queueByteCount, "What may wait for a client that reads slowly."),
            self.size("payload", rules.payloadByteCount, "One publication's payload."),
            self.limit(
                "channelsPerPublication", "\(rules.channelsPerPublication)",
                "Channels that one publication may go to.", Int64(rules.channelsPerPublication)),
        ]
    }

    private func size(_ key: String, _ count: Int, _ meaning: String) -> LimitOutline {
        self.limit(key, Words.size(count), meaning, Int64(count))
    }

    private func rate(_ key: String, _ rate: LimitRules.ScopedRate, _ meaning: String) -> LimitOutline {
        let window = rate.rate.window
        let count = "\(rate.rate.count)" + (window > 0 ? "/\(Words.window(window))" : "")
        return self.limit(
            key, "\(count) per \(rate.scope.rawValue)", meaning, Int64(rate.rate.count),
            window: window > 0 ? window : nil, scope: rate.scope.rawValue)
    }

    private func limit(
        _ key: String, _ text: String, _ meaning: String, _ amount: Int64, window: Int64? = nil, scope: String? = nil
    ) -> LimitOutline {
        LimitOutline(
            key: key, text: text, meaning: meaning, amount: amount, window: window, scope: scope,
            location: self.document.location(of: JSONPointer(["limits", key])))
    }
}
