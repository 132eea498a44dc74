// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

@Suite struct WebhookCompilerTests {
    private static let secret = "whsec_c3dpdGNoYm9hcmQtc2VjcmV0LTMyLWJ5dGVzLWxvbmc="

    private func faults(_ text: String, isProduction: Bool = false) -> [String] {
        SmallContract.outcome(adding: "webhooks: \(text)", isProduction: isProduction).faults.map(\.message)
    }

    @Test func `what is left out has its documented value, and presence is only told where it is counted`() throws {
        let text = "webhooks: { url: \"http://backend/hooks\", secret: \(Self.secret) }"
        let rules = try #require(try SmallContract.definition(adding: text).webhooks)
        var expected = WebhookRules(url: "http://backend/hooks", secret: Self.secret)
        expected.kinds.subtract([.presenceOnline, .presenceOffline])
        #expect(rules == expected)
        #expect(rules.deadline == 5000 && rules.concurrency == 16 && rules.patterns == nil)
        #expect(rules.retry.from == 1000 && rules.retry.to == 600_000 && rules.retry.age == 86_400_000)
    }

    @Test func `everything can be said`() throws {
        let text = """
            webhooks:
              url: ${HOOKS:-}
              secret: ${SECRET:-}
              events: [ connected, channel.vacated ]
              channels: "order:{orderId}"
              deadline: 2s
              retry: { from: 2s, to: 1m, for: 1h }
              concurrency: 4
            """
        #expect(try SmallContract.definition(adding: text).webhooks == nil)
        let environment = ["HOOKS": "https://backend.example/h", "SECRET": Self.secret]
        let rules = try #require(try SmallContract.definition(adding: text, environment: environment).webhooks)
        #expect(rules.url == "https://backend.example/h" && rules.secret == Self.secret)
        #expect(rules.kinds == [.connected, .channelVacated])
        #expect(rules.patterns?.map(\.description) == ["order:{orderId}"])
        #expect(rules.retry.from == 2000 && rules.retry.to == 60_000 && rules.retry.age == 3_600_000)
        #expect(rules.deadline == 2000 && rules.concurrency == 4)
    }

    @Test(arguments: [
        ("{ secret: SECRET }", "\"url\" is missing"),
        ("{ url: \"http://b/\" }", "\"secret\" is missing"),
        ("{ url: \"http://b/\", secret: \"${S:-}\" }", "\"secret\" must not be empty where there is an address"),
        ("{ url: \"http://b/\", secret: short }", "\"secret\" is no secret that signs webhooks"),
        (
            "{ url: \"ftp://b/\", secret: SECRET }",
            "\"url\" must be an http or https address without user and fragment, is \"ftp://b/\""
        ),
        ("{ url: \"http://b/\", secret: SECRET, events: gone }", "\"events\" must be "),
        ("{ url: \"http://b/\", secret: SECRET, events: presence.online }", "nobody counts who is online"),
        (
            "{ url: \"http://b/\", secret: SECRET, channels: \"room:{id}\" }",
            "\"room:{id}\" is no pattern under \"channels\""
        ),
        (
            "{ url: \"http://b/\", secret: SECRET, retry: { from: 2m, to: 1m } }",
            "\"to\" must not be shorter than \"from\""
        ),
        ("{ url: \"http://b/\", secret: SECRET, concurrency: 0 }", "\"concurrency\" must be 1 to 1000, is 0"),
        ("{ url: \"http://b/\", secret: SECRET, every: 1s }", "unknown key \"every\" in webhooks"),
    ])
    func `a fault is told with its place`(text: String, message: String) {
        let faults = self.faults(text.replacing("SECRET", with: Self.secret))
        #expect(faults.count == 1 && faults.first?.hasPrefix(message) == true, "\(faults)")
    }

    @Test func `production takes the secret from a variable alone`() {
        let text = "{ url: \"http://b/\", secret: \(Self.secret) }"
        #expect(self.faults(text, isProduction: true).contains { $0.contains("must not be written in the contract") })
    }
}
