// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

@testable import Contract

@Suite struct AlertCompilerTests {
    private static let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

    private func alerts(_ text: String, environment: [String: String] = [:]) throws -> [AlertRule] {
        try SmallContract.definition(adding: "alerts: \(text)", environment: environment).alerts
    }

    @Test func `RNG-066 a limit is enough; half of it clears`() throws {
        #expect(
            try self.alerts("{ disconnects: { above: 101/min } }")
                == [AlertRule(.disconnects, above: .init(count: 101, window: 60_000), below: 50)])
        #expect(
            try self.alerts("{ errors: { above: 7/s, below: 0/s, for: 30s }, limited: { above: 1/h, below: 1/h } }")
                == [
                    AlertRule(.errors, above: .init(count: 7, window: 1000), below: 0, delay: 30_000),
                    AlertRule(.limited, above: .init(count: 1, window: 3_600_000), below: 1),
                ])
    }

    @Test func `what is empty is off`() throws {
        let text = """
            { connects: { above: "${ABOVE:-}" }, disconnects: { above: 5/s, url: "${URL:-}", secret: "${SECRET:-}" } }
            """
        #expect(try self.alerts(text).map(\.figure) == [.disconnects])
        #expect(try self.alerts(text).first?.webhook == nil)
        let environment = ["ABOVE": "9/s", "URL": "https://a.example/x", "SECRET": Self.secret]
        let told = try self.alerts(text, environment: environment)
        #expect(told.map(\.above.count) == [9, 5])
        #expect(told.last?.webhook == .init(url: "https://a.example/x", secret: Self.secret))
    }

    @Test(arguments: [
        ("{ disconnections: { above: 1/s } }", "\"disconnections\" is nothing that an alert can be about"),
        ("{ errors: {} }", "\"above\" is missing"), ("{ errors: { above: 5 } }", "\"above\" must be a text"),
        ("{ errors: { above: 5/d } }", "\"above\" must be a rate"),
        ("{ errors: { above: 5/s per user } }", "\"above\" must be a rate"),
        ("{ errors: { above: 99999999999999999999/s } }", "\"above\" must be a rate"),
        ("{ errors: { above: -1/s } }", "\"above\" must be a rate"),
        ("{ errors: { above: 5/s, below: 5/min } }", "\"below\" is counted in the time of \"above\""),
        ("{ errors: { above: 5/s, below: 6/s } }", "\"below\" must not be more than \"above\""),
        ("{ errors: { above: 5/s, url: \"http://a\" } }", "\"url\" needs \"secret\""),
        (
            "{ errors: { above: 5/s, url: \"ftp://a\", secret: \(secret) } }",
            "\"url\" must be an http or https address without user and fragment, is \"ftp://a\""
        ),
        (
            "{ errors: { above: 5/s, url: \"http://a\", secret: whsec_abc } }",
            "\"secret\" must be whsec_ and the base64 of 24 to 64 bytes"
        ),
        ("{ errors: { abov: 5/s, above: 5/s } }", "unknown key \"abov\" in an alert"),
        ("5", "\"alerts\" must be a map"),
    ])
    func `what is no alert is refused`(text: String, message: String) {
        let faults = SmallContract.outcome(adding: "alerts: \(text)").faults
        #expect(faults.contains { $0.message.hasPrefix(message) }, "\(faults)")
    }

    @Test func `in production a secret comes from the environment`() {
        let text = "alerts: { errors: { above: 5/s, url: \"http://a\", secret: \(Self.secret) } }"
        let faults = SmallContract.outcome(adding: text, isProduction: true).faults
        #expect(faults.contains { $0.message.contains("production mode") })
    }
}
