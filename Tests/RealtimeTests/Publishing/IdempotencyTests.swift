// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

@Suite struct IdempotencyTests {
    private let stage: Stage

    init() throws { self.stage = try Stage() }

    @Test func `a request repeated with its key is one publication, answered twice`() {
        let client = self.stage.connect("alice", to: ["topic:a"])
        let outcomes = (0..<2).map { _ in self.stage.say("said", #"{"topic":"a"}"#) { $0.idempotencyKey = "k" } }
        #expect(client.data.count == 1)
        #expect(outcomes[0].receipt?.receivers == 1)
        #expect(outcomes[1].receipt?.receivers == nil)
        #expect(outcomes[1].receipt != nil)
        #expect(outcomes[0].receipt?.id == outcomes[1].receipt?.id)
        #expect(outcomes[0].receipt?.time == outcomes[1].receipt?.time)
        #expect(outcomes[0].receipt?.channels == outcomes[1].receipt?.channels)
    }

    @Test(
        arguments: [
            { $0.id = "other" }, { $0.time = "2020-01-01T00:00:00Z" }, { $0.channels = ["topic:b"] },
            { $0.users = ["bob"] },
            { $0.data = JSONDocument.of(#"{"topic":"b"}"#).root }, { $0.event = "shouted" },
        ] as [@Sendable (inout PublishRequest) -> Void])
    func `a key used for a different request is a conflict`(change: @Sendable (inout PublishRequest) -> Void) {
        let data = #"{"topic":"a","a":"a","b":"b"}"#
        self.stage.say("said", data) { $0.idempotencyKey = "k" }
        let outcome = self.stage.say("said", data) {
            $0.idempotencyKey = "k"
            change(&$0)
        }
        #expect(outcome.error?.code == .conflict)
    }

    @Test func `a key of a request that failed is free`() {
        self.stage.engine.failNext()
        let outcomes = (0..<2).map { _ in self.stage.say("said", #"{"topic":"a"}"#) { $0.idempotencyKey = "k" } }
        #expect(outcomes[0].error?.code == .storageUnavailable)
        #expect(outcomes[1].receipt?.receivers == 0)
    }

    @Test func `a repeated request has its effects once`() {
        self.stage.say("room.opened", #"{"roomId":"1","title":"t"}"#)
        let patch = #"{"roomId":"1","patch":{"a":1}}"#
        self.stage.say("room.changed", patch) { $0.idempotencyKey = "k" }
        self.stage.say("room.changed", #"{"roomId":"1","patch":{"a":2}}"#)
        self.stage.say("room.changed", patch) { $0.idempotencyKey = "k" }
        self.stage.say("room.changed", #"{"roomId":"1","patch":{"b":3}}"#)
        let record = self.stage.platform.records[ChannelName(known: "room:1")].map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(record == #"{"id":"1","title":"t","a":2,"b":3}"#)
    }

    @Test func `a key is remembered for a day`() {
        self.stage.say("said", #"{"topic":"a"}"#) { $0.idempotencyKey = "k" }
        let key = self.stage.engine.committed.last?.idempotency
        #expect(key?.expiresAt.milliseconds == ManualClock.start.milliseconds + 86_400_000)
        #expect(key?.key == "k")
    }

    @Test func `a batch takes no keys`() {
        let requests = ["a", "b"].map {
            PublishRequest(
                event: "said", data: JSONDocument.of(#"{"topic":"\#($0)"}"#).root, idempotencyKey: "b" == $0 ? "k" : nil
            )
        }
        let outcome = self.stage.publish(requests)
        #expect(outcome.failure?.index == 1)
        #expect(outcome.error?.code == .invalidRequest)
    }
}
