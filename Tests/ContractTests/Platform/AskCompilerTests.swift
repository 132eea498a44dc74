// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

@Suite struct AskCompilerTests {
    private static let secret = "whsec_c3dpdGNoYm9hcmQtc2VjcmV0LTMyLWJ5dGVzLWxvbmc="

    private func outcome(
        _ subscribe: String, more: String = "", environment: [String: String] = [:], isProduction: Bool = false
    ) -> ContractLoader.Outcome {
        let text = """
            contract: shop
            listen: [ { port: 3000, websocket: /ws }, { port: 3001, socketio: /s, namespaces: { "/": {}, "/c/{club}": { JOINS } } } ]
            auth: { required: false }
            channels:
              "club:{club}": { subscribe: \(subscribe) }
            \(more)
            """.replacing("JOINS", with: more.contains("# joins") ? "joins: [ \"club:{path.club}\" ]" : "")
        return ContractLoader(environment: environment, isProduction: isProduction, generatedSecret: { _ in nil })
            .outcome(of: text, file: "c.yaml")
    }

    private func rule(_ outcome: ContractLoader.Outcome) throws -> AskRule? {
        try #require(outcome.definition, "\(outcome.faults)").channels.first?.ask
    }

    @Test func `what is left out has its documented value`() throws {
        let rule = try #require(try self.rule(self.outcome("{ ask: \"http://b/may\", secret: \(Self.secret) }")))
        #expect(rule == AskRule(url: "http://b/may", secret: Self.secret))
        #expect(rule.cache == 30_000 && rule.deadline == 2000 && !rule.allowsWhenDown)
    }

    @Test func `everything can be said, and the webhooks' secret signs questions, too`() throws {
        let webhooks = "webhooks: { url: \"${HOOKS:-}\", secret: \"${SECRET}\" }"
        let outcome = self.outcome(
            "[ { role: owner }, { ask: \"${ASK:-}\", cache: 1m, deadline: 500ms, down: allow } ]", more: webhooks,
            environment: ["SECRET": Self.secret, "ASK": "https://b.example/may"])
        let rule = try #require(try self.rule(outcome))
        #expect(rule.secret == Self.secret && rule.url == "https://b.example/may")
        #expect(rule.cache == 60_000 && rule.deadline == 500 && rule.allowsWhenDown)
        let without = self.outcome("[ { role: owner }, { ask: \"${ASK:-}\", secret: \(Self.secret) } ]")
        let none = try self.rule(without)
        #expect(none == nil)
        #expect(without.definition?.channels.first?.subscribe.count == 1)
    }

    @Test(arguments: [
        ("{ ask: \"http://b/\" }", "", "\"ask\" needs a \"secret\", here or under \"webhooks\""),
        ("{ ask: nowhere, secret: SECRET }", "", "\"ask\" must be an http or https address"),
        ("{ ask: \"http://b/\", secret: short }", "", "\"secret\" is no secret that signs webhooks"),
        ("{ ask: \"http://b/\", secret: SECRET, cache: 10ms }", "", "\"cache\" must be at least 1s"),
        ("{ ask: \"http://b/\", secret: SECRET, deadline: 1h }", "", "\"deadline\" must be at most 1m"),
        ("{ ask: \"http://b/\", secret: SECRET, down: maybe }", "", "\"down\" must be refuse or allow"),
        ("{ ask: \"http://b/\", secret: SECRET, role: x }", "", "one right holds one of role, ask"),
        ("{ role: x, cache: 1s }", "", "\"cache\" belongs to \"ask\""),
        (
            "[ { ask: \"http://b/\", secret: SECRET }, { ask: \"http://c/\", secret: SECRET } ]", "",
            "one backend is asked about a channel"
        ),
        (
            "everyone, clientPublish: { ask: \"http://b/\", secret: SECRET }", "",
            "the backend is asked who may subscribe, and nothing else"
        ),
        (
            "{ ask: \"http://b/\", secret: SECRET }, all: \"*\"", "",
            "who may hear all channels must not depend on their names"
        ),
        ("{ ask: \"http://b/\", secret: SECRET }", "# joins", "who joins a namespace cannot wait"),
    ])
    func `a fault is told with its place`(subscribe: String, more: String, message: String) {
        let faults = self.outcome(subscribe.replacing("SECRET", with: Self.secret), more: more).faults.map(\.message)
        #expect(faults.count == 1 && faults.first?.hasPrefix(message) == true, "\(faults)")
    }

    @Test func `production takes the secret from a variable alone`() {
        let faults = self.outcome("{ ask: \"http://b/\", secret: \(Self.secret) }", isProduction: true).faults
        #expect(faults.contains { $0.message.contains("must not be written in the contract") })
    }
}
