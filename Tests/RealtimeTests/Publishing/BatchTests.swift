// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

@Suite struct BatchTests {
    private let stage: Stage

    init() throws { self.stage = try Stage() }

    private func batch(_ events: (String, String)...) -> Outcome {
        let outcome = self.stage.publish(
            events.map { PublishRequest(event: $0.0, data: JSONDocument.of($0.1).root) })
        self.stage.loop.run()
        return outcome
    }

    @Test func `the publications of a batch are heard in its order and answered in its order`() {
        let client = self.stage.connect("alice", to: ["topic:a", "topic:b"])
        let outcome = self.batch(
            ("said", #"{"topic":"a","n":1}"#), ("shouted", #"{"a":"a","b":"b"}"#), ("said", #"{"topic":"none"}"#),
            ("said", #"{"topic":"a","n":2}"#))
        #expect(outcome.receipts.map(\.receivers) == [1, 1, 0, 1])
        #expect(outcome.receipts.map { $0.channels[0].rawValue } == ["topic:a", "topic:a", "topic:none", "topic:a"])
        #expect(client.data == [#"{"topic":"a","n":1}"#, #"{"a":"a","b":"b"}"#, #"{"topic":"a","n":2}"#])
    }

    @Test func `one that is wrong stops all, and is named by its place`() {
        let client = self.stage.connect("alice", to: ["topic:a"])
        let outcome = self.batch(
            ("said", #"{"topic":"a"}"#), ("order.created", #"{"orderId":"1","buyer":"alice","vendor":"v"}"#),
            ("said", "{}"))
        #expect(outcome.failure?.index == 2)
        #expect(outcome.error?.pointer?.description == "/data/topic")
        #expect(client.data.isEmpty)
        #expect(self.stage.engine.committed.isEmpty)
        #expect(!self.stage.platform.members.contains(UserID("alice"), in: ChannelName(known: "order:1")))
    }

    @Test func `later publications see what earlier ones change, in one commit`() {
        let victor = self.stage.connect("victor", to: ["user:victor"])
        let outcome = self.batch(
            ("order.created", #"{"orderId":"1","buyer":"alice","vendor":"victor"}"#),
            ("shipment.created", #"{"shipmentId":"9","orderId":"1"}"#), ("shipment.moved", #"{"shipmentId":"9"}"#),
            ("order.left", #"{"orderId":"1","who":"victor"}"#), ("shipment.moved", #"{"shipmentId":"9"}"#))
        #expect(
            outcome.receipts.map { $0.channels.map(\.rawValue) } == [
                ["order:1", "user:alice", "user:victor"], ["shipment:9", "user:alice", "user:victor"],
                ["shipment:9", "user:alice", "user:victor"], ["order:1"], ["shipment:9", "user:alice"],
            ])
        #expect(victor.data.count == 3)
        #expect(self.stage.engine.committed.count == 1)
    }

    @Test func `patches of one batch build on each other`() {
        _ = self.batch(
            ("room.opened", #"{"roomId":"1","title":"t"}"#), ("room.changed", #"{"roomId":"1","patch":{"a":1}}"#),
            ("room.changed", #"{"roomId":"1","patch":{"title":null,"b":2}}"#))
        let record = self.stage.platform.records[ChannelName(known: "room:1")].map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(record == #"{"id":"1","a":1,"b":2}"#)
    }

    @Test func `a batch that the store refuses is delivered to nobody`() {
        let client = self.stage.connect("alice", to: ["topic:a", "feed:1"])
        self.stage.engine.failNext()
        let outcome = self.batch(("said", #"{"topic":"a"}"#), ("feed.posted", #"{"feedId":"1"}"#))
        #expect(outcome.error?.code == .storageUnavailable)
        #expect(client.data.isEmpty)
    }

    @Test func `an empty batch is answered`() {
        let outcome = self.stage.publish([])
        #expect(outcome.answerCount == 1)
        #expect(outcome.failure == nil)
        #expect(outcome.receipts.isEmpty)
    }
}
