// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import Realtime
import Testing

@Suite struct ScenarioValueTests {
    @Test(arguments: [
        ("{ next: [1, two, { a: 3 }] }", ["1", "\"two\"", "{\"a\":3}", "1"]),
        ("{ next: list }", ["\"a\"", "\"b\"", "\"a\"", "\"b\""]),
        ("{ count: 5 }", ["5", "6", "7", "8"]),
        ("{ count: -1 }", ["-1", "0", "1", "2"]),
        ("{ rise: 0..10 step 4 }", ["0", "4", "8", "10"]),
        ("{ rise: 1.0..0.5 step 0.25 }", ["1.00", "0.75", "0.50", "1.00"]),
        ("{ rise: 1..2 }", ["1", "2", "1", "2"]),
        ("{ literal: { pick: [1] } }", Array(repeating: "{\"pick\":[1]}", count: 4)),
        ("{ pick: [1], other: 2 }", Array(repeating: "{\"pick\":[1],\"other\":2}", count: 4)),
        ("\"{order.id}\"", Array(repeating: "7", count: 4)),
        ("\"no. {order.id}\"", Array(repeating: "\"no. 7\"", count: 4)),
        ("\"{order.tags.1}\"", Array(repeating: "\"y\"", count: 4)),
        ("\"{order.none}\"", Array(repeating: "null", count: 4)),
        ("\"a{order.none}b\"", Array(repeating: "\"ab\"", count: 4)),
        ("\"{{order.id}\"", Array(repeating: "\"{order.id}\"", count: 4)),
        ("\"{now+1s}\"", Array(repeating: "\"1970-01-01T00:00:01.000Z\"", count: 4)),
        ("[{ count: 1 }, { count: 1 }]", ["[1,1]", "[2,2]", "[3,3]", "[4,4]"]),
    ])
    func `a value is what the guide says, each time`(yaml: String, expected: [String]) throws {
        #expect(try ScenarioFixture.values(yaml, count: 4) == expected)
    }

    @Test func `a walk stays within its ends, and its steps within its step`() throws {
        let numbers = try ScenarioFixture.values("{ walk: -3..3 step 2 }", count: 300).compactMap { Int($0) }
        #expect(numbers.count == 300)
        #expect(numbers.allSatisfy { (-3...3).contains($0) })
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { abs($0 - $1) <= 2 })
        #expect(Set(numbers).count == 7)
    }

    @Test func `decimals of a walk are those that are written`() throws {
        let numbers = try ScenarioFixture.values("{ walk: -0.5..0.5 step 0.25 }", count: 50)
        #expect(numbers.allSatisfy { Double($0) != nil && $0.split(separator: ".").last?.count == 2 }, "\(numbers)")
        #expect(numbers.contains { $0.hasPrefix("-0.") })
    }

    @Test func `the same seed makes the same choices, and another seed others`() throws {
        let yaml = "{ pick: [1, 2, 3, 4, 5, 6, 7, 8] }"
        let first = try ScenarioFixture.values(yaml, count: 30)
        #expect(try ScenarioFixture.values(yaml, count: 30) == first)
        #expect(try ScenarioFixture.values(yaml, count: 30, seed: 2) != first)
        #expect(Set(first).count > 4)
    }

    @Test func `ids are fresh each time`() throws {
        let ids = try ScenarioFixture.values("\"{new.id}\"", count: 100)
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { $0.count == 38 })
    }

    @Test func `a value that doubles at each round stops growing`() throws {
        let scenario = try ScenarioFixture.scenario(
            """
            variables: { a: xxxxxxxxxxxxxxxx }
            tracks: { t: [{ set: { a: ["{a}", "{a}"] } }] }
            """)
        var memory = ScenarioMemory(seed: 1, name: "t")
        let now = Timestamp(milliseconds: 0)
        memory.set(scenario.variables, now: now)
        guard case .set(let assignments) = try #require(scenario.tracks.first?.steps.first).action else {
            Issue.record("no step that sets")
            return
        }
        for _ in 0..<60 { memory.set(assignments, now: now) }
        #expect((memory["a"]?.bytes.count ?? 0) < 4_000_000)
    }

    @Test(arguments: [
        "{ walk: 1 }", "{ walk: 1.. }", "{ walk: ..2 }", "{ walk: 1..1 }", "{ walk: 1..2 step 0 }",
        "{ walk: 1..2 step -1 }",
        "{ walk: 1..2 pace 3 }", "{ walk: a..b }", "{ walk: 1..99999999999999999999 }",
        "{ walk: 0..1 step 0.00000001 }", "{ walk: -9223372036854775808..5 }",
        "{ walk: 1e3..2e3 }", "{ rise: [1, 2] }", "{ pick: [] }", "{ pick: \"a b\" }", "{ next: none }", "{ count: x }",
        "{ count: 99999999999 }", "\"{\"", "\"{}\"", "\"{a b}\"", "\"{.a}\"", "\"{now+2}\"",
        "\"{now+99999999999999999999h}\"",
        "\"{new}\"", "\"{nothing}\"",
    ])
    func `a value that is none is a fault`(yaml: String) throws {
        let outcome = try ScenarioFixture.outcome("variables: { value: \(yaml) }")
        #expect(outcome.scenario == nil)
        #expect(outcome.faults.allSatisfy { $0.location.line == 2 })
    }
}
