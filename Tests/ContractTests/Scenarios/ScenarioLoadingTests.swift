// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

@Suite struct ScenarioLoadingTests {
    @Test func `every choice of a value is held against the schema, in the elements of a list too`() throws {
        let outcome = try ScenarioFixture.outcome(
            """
            variables: { list: [{ t: one }, { t: 2 }] }
            tracks:
              t:
                - each: list
                  as: item
                  do: [{ publish: note, data: { text: "{item.t}" } }]
                - publish: note
                  data: { text: { next: [a, b, c, 4] } }
            """)
        let lines = outcome.faults.map(\.location.line)
        #expect(lines == [7, 9], "\(outcome.faults)")
    }

    @Test func `what a client will send is not held against schemas, unless an example says it`() throws {
        let commands = "commands: { say: { does: reply, reply: { type: said } } }\n"
        let definition = try SmallContract.definition(adding: ScenarioFixture.contract + "\n" + commands)
        func faults(_ example: String) -> Int {
            let text = """
                scenario: shop
                on: [{ command: say\(example), do: [{ publish: note, data: { text: "{args.text}" } }] }]
                """
            return ContractLoader(environment: [:]).scenario(of: text, file: "s.yaml", for: [definition]).faults.count
        }
        #expect(faults("") == 0)
        #expect(faults(", example: { text: hello }") == 0)
        #expect(faults(", example: { text: 5 }") == 1)
    }

    @Test func `an event that the contract does not have needs channels`() throws {
        #expect(try ScenarioFixture.outcome("tracks: { t: [{ publish: other }] }").scenario == nil)
        let named = try ScenarioFixture.outcome("tracks: { t: [{ publish: other, channels: [nowhere:1] }] }")
        #expect(named.scenario == nil)
    }

    @Test func `variables of the environment are read`() throws {
        let definition = try SmallContract.definition(adding: ScenarioFixture.contract)
        let outcome = ContractLoader(environment: ["TITLE": "Evening"]).scenario(
            of: "scenario: shop\ntitle: ${TITLE}\nseed: ${SEED:-5}", file: "s.yaml", for: [definition])
        #expect(outcome.scenario?.title == "Evening")
        #expect(outcome.scenario?.seed == 5)
    }

    /// No edit of a right scenario, however strange, does anything but load or fail.
    @Test func `a broken scenario is told, and never more than that`() throws {
        let text = """
            title: t
            users: { a: { name: A, roles: [r], claims: { x: 1 } } }
            members: { "order:1": [a] }
            variables: { list: [1, 2] }
            tracks:
              t:
                - { each: list, as: x, do: [{ publish: note, data: { text: "n{x}" } }] }
                - { repeat: 2, every: 1s, do: [{ wait: 1s..2s }, { play: m }] }
            moments: { m: [{ outage: { refuse: tokens, close: 1012, slow: 1s, for: 1s } }] }
            """
        #expect(try ScenarioFixture.outcome(text).scenario != nil)
        let characters = Array(text)
        for place in stride(from: 0, to: characters.count, by: 7) {
            for replacement in ["", "[", "{", "\n", ":", "99999999999999999999", "*", "&a ", "~"] {
                var edited = characters
                edited.replaceSubrange(place...place, with: Array(replacement))
                let outcome = try ScenarioFixture.outcome(String(edited))
                #expect(outcome.scenario != nil || !outcome.faults.isEmpty)
            }
        }
    }
}
