// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

@Suite struct DurablePublishingTests {
    private let stage: Stage
    private let room = ChannelName(known: "room:1")

    init() throws { self.stage = try Stage() }

    private var record: String? { self.stage.platform.records[self.room].map { String(decoding: $0, as: UTF8.self) } }

    private func open() {
        self.stage.say("room.opened", #"{"roomId":"1","title":"old"}"#)
    }

    @Test func `nobody hears of what must last before it is kept`() {
        self.stage.engine.hold()
        let client = self.stage.connect("alice", to: ["feed:1"])
        let outcome = self.stage.say("feed.posted", #"{"feedId":"1"}"#)
        #expect(client.data.isEmpty)
        #expect(outcome.answerCount == 0)
        self.stage.engine.release()
        self.stage.loop.run()
        #expect(client.data.count == 1)
        #expect(outcome.receipt?.receivers == 1)
        #expect(outcome.answerCount == 1)
    }

    @Test func `what is kept, what is told and what is answered have the same id and time`() {
        let client = self.stage.connect("alice", to: ["feed:1"])
        let receipt = self.stage.say("feed.posted", #"{"feedId":"1"}"#).receipt
        let stored = self.stage.engine.stored.first
        #expect(stored?.id == receipt?.id)
        #expect(stored?.time == receipt?.time)
        #expect(stored?.data == Array(#"{"feedId":"1"}"#.utf8))
        #expect(client.lines.first?.contains("at \(receipt?.time.description ?? "") as \(receipt?.id ?? "") ") == true)
    }

    @Test func `history says how much and how long`() {
        self.stage.say("feed.posted", #"{"feedId":"1"}"#)
        guard case .append(_, let keep, let until)? = self.stage.engine.committed.last?.changes.last else {
            Issue.record("nothing was appended")
            return
        }
        #expect(keep == 3)
        #expect(until.milliseconds == ManualClock.start.milliseconds + 60_000)
    }

    @Test func `what the store refuses is delivered to nobody and changes nothing`() {
        self.open()
        let client = self.stage.connect("alice", to: ["room:1", "user:alice"])
        self.stage.engine.failNext()
        let changed = self.stage.say("room.changed", #"{"roomId":"1","patch":{"title":"new"}}"#)
        self.stage.engine.failNext()
        let created = self.stage.say("order.created", #"{"orderId":"1","buyer":"alice","vendor":"v"}"#)
        #expect(changed.error?.code == .storageUnavailable)
        #expect(created.error?.code == .storageUnavailable)
        #expect(client.lines.isEmpty)
        #expect(self.record == #"{"id":"1","title":"old"}"#)
        #expect(client.session.subscribe(to: "order:1").outcome == "forbidden: order:1")

        self.stage.say("room.changed", #"{"roomId":"1","patch":{"x":1}}"#)
        #expect(self.record == #"{"id":"1","title":"old","x":1}"#)
    }

    @Test func `patches that follow each other before the store answers are all kept`() {
        self.open()
        self.stage.engine.hold()
        let client = self.stage.connect("alice", to: ["room:1"])
        for number in 0..<4 {
            self.stage.publish("room.changed", #"{"roomId":"1","patch":{"k\#(number)":\#(number)}}"#)
        }
        self.stage.engine.release(2)
        self.stage.loop.run()
        #expect(self.record == #"{"id":"1","title":"old","k0":0,"k1":1}"#)
        #expect(client.data.count == 2)
        self.stage.engine.release()
        self.stage.loop.run()
        #expect(self.record == #"{"id":"1","title":"old","k0":0,"k1":1,"k2":2,"k3":3}"#)
        #expect(client.data.count == 4)
    }

    @Test func `an effect that cannot be worked out leaves no trace of the others`() throws {
        let definition = PlatformDefinition.market { definition in
            definition.events["room.changed"]?.recordEffects.append(
                .init(channel: NameTemplate("room:{other}"), change: .remove))
        }
        let stage = try Stage(definition)
        stage.say("room.opened", #"{"roomId":"1","title":"old"}"#)
        #expect(stage.say("room.changed", #"{"roomId":"1","patch":{"a":1}}"#).error?.code == .invalidPayload)
        #expect(stage.say("room.changed", #"{"roomId":"1","other":"2","patch":{"b":1}}"#).receipt != nil)
        #expect(
            stage.platform.records[self.room].map { String(decoding: $0, as: UTF8.self) }
                == #"{"id":"1","title":"old","b":1}"#)
    }

    @Test func `what is kept is heard in the order in which it was kept`() {
        self.stage.engine.hold()
        let client = self.stage.connect("alice", to: ["feed:1"])
        for number in 0..<5 { self.stage.publish("feed.posted", #"{"feedId":"1","n":\#(number)}"#) }
        self.stage.engine.release()
        self.stage.loop.run()
        #expect(client.data == (0..<5).map { #"{"feedId":"1","n":\#($0)}"# })
        #expect(client.lines == client.lines.sorted { $0.split(separator: " ")[5] < $1.split(separator: " ")[5] })
        #expect(self.stage.engine.stored.map(\.id) == self.stage.engine.stored.map(\.id).sorted())
    }

    @Test func `what need not last does not wait for the store`() {
        self.stage.engine.hold()
        let client = self.stage.connect("alice", to: ["feed:1", "topic:a"])
        self.stage.publish("feed.posted", #"{"feedId":"1"}"#)
        self.stage.say("said", #"{"topic":"a"}"#)
        #expect(client.data == [#"{"topic":"a"}"#])
        #expect(self.stage.engine.waitingCount == 1)
        self.stage.engine.release()
    }

    @Test func `a publication that is not in a history gets its time when it is heard`() {
        self.stage.engine.hold()
        let client = self.stage.connect("alice", to: ["user:alice", "topic:a"])
        let created = self.stage.publish("order.created", #"{"orderId":"1","buyer":"alice","vendor":"v"}"#)
        self.stage.clock.advance(milliseconds: 5)
        let said = self.stage.say("said", #"{"topic":"a"}"#)
        self.stage.clock.advance(milliseconds: 5)
        self.stage.engine.release()
        self.stage.loop.run()
        #expect(client.data.count == 2)
        #expect(created.receipt?.time.milliseconds == ManualClock.start.milliseconds + 10)
        #expect((created.receipt?.id ?? "") > (said.receipt?.id ?? "~"))
    }

    @Test func `members that an event names may subscribe once it is answered (ALL-D06)`() {
        self.stage.engine.hold()
        let alice = self.stage.connect("alice")
        let outcome = self.stage.say("order.created", #"{"orderId":"1","buyer":"alice","vendor":"v"}"#)
        #expect(alice.session.subscribe(to: "order:1").outcome == "forbidden: order:1")
        self.stage.engine.release()
        #expect(outcome.receipt != nil)
        #expect(alice.session.subscribe(to: "order:1").outcome == "order:1")
    }

    @Test func `a link that stands is not kept again, one that an earlier change ends is`() {
        let shipped = #"{"shipmentId":"9","orderId":"1"}"#
        self.stage.say("shipment.created", shipped)
        self.stage.say("shipment.created", shipped)
        #expect(self.stage.engine.committed.count == 1)
        self.stage.publish(
            [#"{"shipmentId":"9","orderId":"2"}"#, shipped].map {
                PublishRequest(event: "shipment.created", data: JSONDocument.of($0).root)
            })
        #expect(self.stage.platform.members.link(of: ChannelName(known: "shipment:9"))?.rawValue == "order:1")
    }

    @Test func `what the operator changes is kept, and refused when it cannot be`() {
        let answers = Mutexed<[RequestError.Code?]>([])
        func change() {
            self.stage.platform.change([.addMembers(channel: self.room, users: [UserID("a")])]) { result in
                answers.change {
                    if case .failure(let error) = result { $0.append(error.code) } else { $0.append(nil) }
                }
            }
        }
        self.stage.engine.failNext()
        change()
        #expect(!self.stage.platform.members.contains(UserID("a"), in: self.room))
        change()
        #expect(answers.value == [.storageUnavailable, nil])
        #expect(self.stage.platform.members.contains(UserID("a"), in: self.room))
    }

    @Test func `a record that the operator sets is the start of the next patch, also before it is kept`() {
        self.stage.engine.hold()
        self.stage.platform.change([.setRecord(channel: self.room, record: Array(#"{"a":1}"#.utf8))]) { _ in }
        self.stage.publish("room.changed", #"{"roomId":"1","patch":{"b":2}}"#)
        self.stage.engine.release()
        #expect(self.record == #"{"a":1,"b":2}"#)
    }

    @Test func `what was kept is there again after a restart`() throws {
        self.open()
        self.stage.say("order.created", #"{"orderId":"1","buyer":"alice","vendor":"v"}"#)
        let again = try Stage(engine: EngineDouble(try self.stage.engine.load()))
        #expect(again.connect("alice").session.subscribe(to: "order:1").outcome == "order:1")
        #expect(again.connect("alice").session.subscribe(to: "room:1").outcome == "room:1")
    }

    @Test func `history is asked of the engine`() throws {
        self.stage.say("feed.posted", #"{"feedId":"1"}"#)
        let found = Mutexed<[StoredPublication]>([])
        self.stage.platform.history(of: ChannelName(known: "feed:1"), after: 0, limit: 5) { result in
            found.change { $0 = (try? result.get()) ?? [] }
        }
        #expect(found.value.map(\.event) == ["feed.posted"])
    }
}
