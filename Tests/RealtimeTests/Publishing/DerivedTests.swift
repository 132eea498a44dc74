// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

/// From `won` follows `told`, which is kept for the winner.
@Suite struct DerivedTests {
    private let stage: Stage

    init() throws {
        let definition = PlatformDefinition.market { definition in
            var told = EventType("told", to: [])
            told.inboxAge = 60_000
            var won = EventType("won", to: ["topic:{topic}"])
            var derived = DerivedEvent(
                event: "told", data: Template(payload: [("who", "winner")]))
            derived.users = [NameTemplate("{winner}", isOptional: true)]
            won.derived = [derived]
            definition.events["told"] = told
            definition.events["won"] = won
        }
        self.stage = try Stage(definition)
    }

    private func request(_ event: String, _ data: String, users: [String]? = nil) -> PublishRequest {
        PublishRequest(event: event, data: JSONDocument.of(data).root, users: users)
    }

    private func publish(_ requests: PublishRequest...) -> Outcome {
        let outcome = self.stage.publish(requests)
        self.stage.loop.run()
        return outcome
    }

    private func events(_ client: Stage.Client) -> [String] {
        client.lines.map { String($0.split(separator: " ")[1]) }
    }

    @Test func `ROOM-D14 what follows comes behind, to its own receivers, in one commit, and is not in the answer`() {
        let ann = self.stage.connect("ann", to: ["topic:a", "user:ann"])
        let ben = self.stage.connect("ben", to: ["topic:a", "user:ben"])
        let outcome = self.stage.say("won", #"{"topic":"a","winner":"ann"}"#)
        #expect(self.events(ann) == ["won", "told"])
        #expect(self.events(ben) == ["won"])
        #expect(ann.data.last == #"{"who":"ann"}"#)
        #expect(outcome.receipts.map(\.receivers) == [2])
        #expect(self.stage.engine.committed.count == 1)
    }

    @Test func `ROOM-D14 what is not kept is not published, and nothing follows from it`() {
        let ann = self.stage.connect("ann", to: ["topic:a", "user:ann"])
        self.stage.engine.failNext()
        let outcome = self.stage.say("won", #"{"topic":"a","winner":"ann"}"#)
        #expect(outcome.error?.code == .storageUnavailable)
        #expect(ann.lines.isEmpty)
    }

    @Test func `ROOM-D14 a repeated request derives once`() {
        let ann = self.stage.connect("ann", to: ["user:ann"])
        for _ in 0..<2 {
            self.stage.say("won", #"{"topic":"a","winner":"ann"}"#) { $0.idempotencyKey = "k" }
        }
        #expect(self.events(ann) == ["told"])
    }

    @Test func `ROOM-D14 when an event ends after its time nothing follows from the end`() throws {
        let definition = PlatformDefinition.market { definition in
            var on = EventType("on", to: ["topic:{topic}"])
            on.expiry = .init(
                key: NameTemplate("{topic}"), after: 5000,
                data: Template(payload: [("topic", "topic"), ("off", "topic")]))
            on.derived = [DerivedEvent(event: "told", data: Template(payload: [("of", "topic")]))]
            definition.events["on"] = on
            definition.events["told"] = EventType("told", to: ["topic:a"])
        }
        let stage = try Stage(definition)
        let ann = stage.connect("ann", to: ["topic:a"])
        stage.say("on", #"{"topic":"a"}"#)
        #expect(self.events(ann) == ["on", "told"])
        stage.loop.advanceTime(by: .seconds(5))
        #expect(self.events(ann) == ["on", "told", "on"])
        #expect(ann.data.last == #"{"topic":"a","off":"a"}"#)
    }

    @Test func `ROOM-D14 without a place to go nothing follows`() {
        let outcome = self.stage.say("won", #"{"topic":"a"}"#)
        #expect(outcome.receipts.count == 1)
        #expect(self.stage.engine.committed.isEmpty)
    }

    @Test func `ROOM-D14 what would follow and cannot be published refuses the whole batch, by its place`() {
        let ann = self.stage.connect("ann", to: ["topic:a"])
        let long = String(repeating: "x", count: 300)
        let outcome = self.publish(
            self.request("won", #"{"topic":"a","winner":"ann"}"#),
            self.request("won", #"{"topic":"a","winner":"\#(long)"}"#))
        #expect(outcome.failure?.index == 1)
        #expect(outcome.error?.message.hasPrefix("told, which follows from won: ") == true)
        #expect(ann.lines.isEmpty)
    }

    @Test func `ROOM-D14 each that the publisher publishes himself stands for one that would follow`() {
        let ann = self.stage.connect("ann", to: ["user:ann"])
        let ben = self.stage.connect("ben", to: ["user:ben"])
        let outcome = self.publish(
            self.request("won", #"{"topic":"a","winner":"ann"}"#),
            self.request("told", #"{"own":true}"#, users: ["ann"]),
            self.request("won", #"{"topic":"b","winner":"ann"}"#),
            self.request("won", #"{"topic":"a","winner":"ben"}"#))
        #expect(outcome.receipts.count == 4)
        #expect(ann.data == [#"{"own":true}"#, #"{"who":"ann"}"#])
        #expect(ben.data == [#"{"who":"ben"}"#])
    }
}
