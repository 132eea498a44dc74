// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import Realtime
import Testing

/// Scenarios for a shop, and what their values come to.
enum ScenarioFixture {
    static let contract = """
        events:
          note:
            to: [global]
            data: { type: object, required: [text], properties: { text: { type: string } } }
        """

    static func outcome(_ text: String) throws -> ContractLoader.ScenarioOutcome {
        let definition = try SmallContract.definition(adding: Self.contract)
        return ContractLoader(environment: [:]).scenario(
            of: "scenario: shop\n\(text)\n", file: "s.yaml", for: [definition])
    }

    static func scenario(_ text: String) throws -> Scenario {
        let outcome = try Self.outcome(text)
        return try #require(outcome.scenario, "\(outcome.faults)")
    }

    /// What a value written in YAML is the first few times, as JSON text.
    static func values(_ yaml: String, count: Int, seed: UInt64 = 1, now: Int64 = 0) throws -> [String] {
        let scenario = try Self.scenario("variables: { value: \(yaml), list: [a, b], order: { id: 7, tags: [x, y] } }")
        let value = try #require(scenario.variables.first).value
        var memory = ScenarioMemory(seed: seed, name: "test")
        memory.set(Array(scenario.variables.dropFirst()), now: Timestamp(milliseconds: now))
        return (0..<count).map { _ in
            memory.document(value, now: Timestamp(milliseconds: now)).map { String(decoding: $0.bytes, as: UTF8.self) }
                ?? ""
        }
    }
}
