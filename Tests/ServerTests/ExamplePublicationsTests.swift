// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime
import Testing

@testable import Server

struct ExamplePublicationsTests {
    private let now = Timestamp(milliseconds: 1_762_344_000_000)

    @Test func `examples come in the contract's order, again and again`() throws {
        let examples = ExamplePublications(try SmallContract.definition())
        #expect(examples.count == 2)
        let events = (0..<4).map { examples.request(at: $0, now: self.now)?.event }
        #expect(events == ["note.second", "note.first", "note.second", "note.first"])
    }

    @Test func `an example's timestamp is the present, and nothing else of it changes`() throws {
        let examples = ExamplePublications(try SmallContract.definition())
        let data = try #require(examples.request(at: 0, now: self.now)).data
        #expect(data["timestamp"]?.string == self.now.description)
        #expect(data["buyer"]?.string == "ann" && data["vendor"]?.string == "bob" && data.count == 3)
        #expect(try #require(examples.request(at: 1, now: self.now)).data["text"]?.string == "hello")
    }

    @Test func `the users are those whose channels the examples go to, in order`() throws {
        #expect(ExamplePublications(try SmallContract.definition()).users == ["ann", "bob"])
    }

    @Test func `a contract without examples has none to publish`() throws {
        var definition = try SmallContract.definition()
        for name in definition.events.keys { definition.events[name]?.examples = [] }
        let examples = ExamplePublications(definition)
        #expect(examples.count == 0 && examples.users.isEmpty)
        #expect(examples.request(at: 0, now: self.now) == nil)
    }
}
