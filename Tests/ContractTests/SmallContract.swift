// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

/// A contract as small as one can be, to which tests add what they are about.
enum SmallContract {
    static let text = """
        contract: shop
        listen: [ { port: 3000, websocket: /ws } ]
        auth: { required: false }
        channels:
          "order:{orderId}": { subscribe: member }
          "user:{id}": { subscribe: { user: "{id}" } }
          global: { subscribe: everyone }
        """

    static func outcome(
        adding extra: String, environment: [String: String] = [:], isProduction: Bool = false,
        generatedSecret: @escaping @Sendable (String) throws(SecretFailure) -> String? = { _ in nil }
    ) -> ContractLoader.Outcome {
        ContractLoader(environment: environment, isProduction: isProduction, generatedSecret: generatedSecret)
            .outcome(of: "\(self.text)\n\(extra)", file: "c.yaml")
    }

    /// The compiled contract; the test fails when there is none.
    static func definition(adding extra: String, environment: [String: String] = [:]) throws -> PlatformDefinition {
        let outcome = self.outcome(adding: extra, environment: environment)
        return try #require(outcome.definition, "\(outcome.faults)")
    }

    /// A contract whose `auth` is what the test is about, from its first line on.
    static func outcome(
        auth: String, environment: [String: String] = [:], isProduction: Bool = false,
        generatedSecret: @escaping @Sendable (String) throws(SecretFailure) -> String? = { _ in nil }
    ) -> ContractLoader.Outcome {
        let text = """
            auth: \(auth)
            contract: shop
            listen: [ { port: 3000, websocket: /ws } ]
            channels: { global: { subscribe: everyone } }
            """
        return ContractLoader(environment: environment, isProduction: isProduction, generatedSecret: generatedSecret)
            .outcome(of: text, file: "c.yaml")
    }
}
