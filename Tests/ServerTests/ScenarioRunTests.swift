// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

@testable import Server

/// The order and the times of steps, without a server.
@Suite struct ScenarioRunTests {
    private static let contract = """
        contract: shop
        listen: [ { port: 3000, websocket: /ws } ]
        auth: { required: false }
        channels: { global: { subscribe: everyone } }
        events: { a: { to: [global] }, b: { to: [global] }, c: { to: [global] } }
        """

    /// The events of a track with their times, up to a number of steps or a time.
    private static func events(_ steps: String, moments: String = "{}", until end: Int64 = 100_000) throws -> [String] {
        let loader = ContractLoader(environment: [:])
        let definition = try #require(loader.outcome(of: self.contract, file: "c.yaml").definition)
        let outcome = loader.scenario(
            of: "scenario: shop\nmoments: \(moments)\ntracks: { t: \(steps) }", file: "s.yaml", for: [definition])
        let scenario = try #require(outcome.scenario, "\(outcome.faults)")
        var run = ScenarioRun(
            try #require(scenario.tracks.first), memory: ScenarioMemory(seed: 1, name: "t"),
            moments: Dictionary(scenario.moments.map { ($0.name, $0) }) { first, _ in first })
        var clock: Int64 = 0
        var events: [String] = []
        for _ in 0..<10_000 {
            switch run.next(clock: clock, now: Timestamp(milliseconds: clock)) {
            case .ended: return events + ["end \(clock)"]
            case .wait(let time):
                #expect(time >= clock)
                clock = time
                if clock > end { return events }
            case .step(let step):
                if case .publish(let publication) = step.action { events.append("\(publication.event) \(clock)") }
            }
        }
        Issue.record("the track goes on for ever")
        return events
    }

    @Test func `steps come in order, after their waits`() throws {
        let events = try Self.events("[{ publish: a }, { wait: 2s }, { publish: b }, { wait: 10ms }, { publish: c }]")
        #expect(events == ["a 0", "b 2000", "c 2010", "end 2010"])
    }

    @Test func `rounds begin at their pace, however long their steps take`() throws {
        let events = try Self.events("[{ every: 1s, do: [{ wait: 300ms }, { publish: a }] }]", until: 3000)
        #expect(events == ["a 300", "a 1300", "a 2300"])
    }

    @Test func `rounds that take longer than their pace follow each other, and nothing is made up for`() throws {
        let events = try Self.events(
            "[{ repeat: 3, every: 1s, do: [{ publish: a }, { wait: 1500ms }] }, { publish: b }]")
        #expect(events.first == "a 0")
        #expect(events.count == 5)
        #expect(events[3].hasPrefix("b 45"))
    }

    @Test func `a repetition has as many rounds as it says, and what is behind it comes then`() throws {
        let events = try Self.events(
            "[{ repeat: 2, do: [{ repeat: 2, do: [{ publish: a }] }, { publish: b }] }, { publish: c }]")
        #expect(events.map { $0.prefix(1) } == ["a", "a", "b", "a", "a", "b", "c", "e"])
    }

    @Test func `a list is gone through once, and moments end where they were played`() throws {
        let events = try Self.events(
            "[{ each: [1, 2], as: x, do: [{ play: m }] }, { publish: c }]",
            moments: "{ m: [{ publish: a }, { play: n }], n: [{ publish: b }] }")
        #expect(events.map { $0.prefix(1) } == ["a", "b", "a", "b", "c", "e"])
    }

    @Test func `a repetition of nothing waits all the same`() throws {
        let events = try Self.events("[{ every: 10ms, do: [] }]", until: 500)
        #expect(events.isEmpty)
    }
}
