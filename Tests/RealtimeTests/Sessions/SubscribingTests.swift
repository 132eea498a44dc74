// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

@Suite struct SubscribingTests {
    private let stage: Stage

    init() throws {
        var kept = EngineState()
        kept.members = [
            ChannelName(known: "order:1"): [UserID("alice"), UserID("victor")],
            ChannelName(known: "signers"): [UserID("listed")],
        ]
        kept.links = [ChannelName(known: "shipment:9"): ChannelName(known: "order:1")]
        self.stage = try Stage(engine: EngineDouble(kept))
    }

    @Test func `an authorised user subscribes and hears the channel's events (RNG-010, RNG-015)`() {
        let client = self.stage.connect("alice")
        #expect(client.session.subscribe(to: "order:1").outcome == "order:1")
        self.stage.say("order.updated", #"{"orderId":"1"}"#)
        #expect(client.data == [#"{"orderId":"1"}"#])
    }

    @Test func `subscribing twice succeeds and is one subscription (RNG-012)`() {
        let client = self.stage.connect("alice", to: ["order:1"])
        #expect(client.session.subscribe(to: "order:1").outcome == "order:1")
        #expect(client.session.channelNames.map(\.rawValue) == ["order:1"])
        self.stage.say("order.updated", #"{"orderId":"1"}"#)
        #expect(client.data.count == 1)
        #expect(self.stage.hub.statistics.subscriptions == 1)
    }

    @Test func `unsubscribing ends one channel and leaves the others (RNG-013)`() {
        let client = self.stage.connect("alice", to: ["topic:a", "topic:b", "topic:c"])
        #expect(client.session.unsubscribe(from: "topic:b").outcome == "topic:b")
        for topic in ["a", "b", "c"] { self.stage.say("said", #"{"topic":"\#(topic)"}"#) }
        #expect(client.data == [#"{"topic":"a"}"#, #"{"topic":"c"}"#])
        #expect(client.session.channelNames.map(\.rawValue) == ["topic:a", "topic:c"])
    }

    @Test func `unsubscribing from what was not joined succeeds, from what is no channel it does not (RNG-D04)`() {
        let client = self.stage.connect("alice")
        #expect(client.session.unsubscribe(from: "order:1").outcome == "order:1")
        #expect(client.session.unsubscribe(from: "nonsense").outcome == "invalidChannel: nonsense")
    }

    @Test func `a client hears nothing of channels it did not join, and without any nothing at all (RNG-014)`() {
        let (one, none) = (self.stage.connect("alice", to: ["topic:a"]), self.stage.connect("alice"))
        self.stage.say("said", #"{"topic":"b"}"#)
        self.stage.say("order.updated", #"{"orderId":"1"}"#)
        #expect(one.lines.isEmpty)
        #expect(none.lines.isEmpty)
    }

    @Test(arguments: [("alice", true), ("victor", true), ("mallory", false)])
    func `an order is for its buyer and vendor (RNG-016, RNG-028)`(user: String, isAllowed: Bool) {
        let outcome = self.stage.connect(user).session.subscribe(to: "order:1").outcome
        #expect(outcome == (isAllowed ? "order:1" : "forbidden: order:1"))
    }

    @Test func `an order that nobody has heard of is refused like a foreign one (RNG-D10)`() {
        #expect(self.stage.connect("alice").session.subscribe(to: "order:404").outcome == "forbidden: order:404")
    }

    @Test func `a user's channel is for that user, whose id may have colons (RNG-017, RNG-018)`() {
        let client = self.stage.connect("did:rangkai:abc")
        #expect(client.session.subscribe(to: "user:did:rangkai:abc").outcome == "user:did:rangkai:abc")
        #expect(client.session.subscribe(to: "user:did:rangkai:abcd").outcome == "forbidden: user:did:rangkai:abcd")
        #expect(client.session.subscribe(to: "user:rangkai:abc").outcome == "forbidden: user:rangkai:abc")
    }

    @Test func `a user is known by the bytes of the id, not by how it looks`() {
        let client = self.stage.connect("caf\u{E9}")
        #expect(client.session.subscribe(to: "user:caf\u{E9}").outcome == "user:caf\u{E9}")
        #expect(client.session.subscribe(to: "user:cafe\u{301}").outcome.hasPrefix("forbidden"))
    }

    @Test func `a proposal is for whoever has the role or is on the list (RNG-022)`() {
        let channel = "proposal:5"
        #expect(self.stage.connect("x", roles: ["admin", "signer"]).session.subscribe(to: channel).outcome == channel)
        #expect(self.stage.connect("listed").session.subscribe(to: channel).outcome == channel)
        #expect(
            self.stage.connect("x", roles: ["admin"]).session.subscribe(to: channel).outcome == "forbidden: \(channel)")
    }

    @Test func `a shipment is for the parties of its order (RNG-024)`() {
        #expect(self.stage.connect("victor").session.subscribe(to: "shipment:9").outcome == "shipment:9")
        #expect(self.stage.connect("mallory").session.subscribe(to: "shipment:9").outcome == "forbidden: shipment:9")
    }

    @Test func `everybody may subscribe to global, also without a user (RNG-025, RNG-026)`() {
        #expect(self.stage.connect("mallory").session.subscribe(to: "global").outcome == "global")
        #expect(self.stage.connect(nil).session.subscribe(to: "global").outcome == "global")
        #expect(self.stage.connect(nil).session.subscribe(to: "order:1").outcome == "forbidden: order:1")
    }

    @Test(arguments: ["invalid-channel", "", "order:", "a\nb", String(repeating: "x", count: 70_000)])
    func `what no pattern matches is refused under the name it was given (RNG-027)`(text: String) {
        let client = self.stage.connect("alice")
        #expect(client.session.subscribe(to: text).outcome == "invalidChannel: \(text)")
        #expect(client.session.channelNames.isEmpty)
    }

    @Test func `a channel that exists by its record is not found without one`() {
        let client = self.stage.connect("alice")
        #expect(client.session.subscribe(to: "room:1").outcome == "notFound: room:1")
        self.stage.say("room.opened", #"{"roomId":"1","title":"t"}"#)
        #expect(client.session.subscribe(to: "room:1").outcome == "room:1")
        self.stage.say("room.closed", #"{"roomId":"1"}"#)
        #expect(self.stage.connect("bob").session.subscribe(to: "room:1").outcome == "notFound: room:1")
    }

    @Test func `requests above the rate are refused and do not subscribe, until time has passed (RNG-067)`() throws {
        let stage = try Stage(.market { $0.limits.subscriptionRate = .init(count: 3, window: 60_000) })
        let client = stage.connect("alice")
        let outcomes = ["topic:a", "nonsense", "order:1", "topic:b"].map { client.session.subscribe(to: $0).outcome }
        #expect(outcomes == ["topic:a", "invalidChannel: nonsense", "forbidden: order:1", "rateLimited: topic:b"])
        #expect(client.session.channelNames.count == 1)
        #expect(
            stage.connect("alice").session.subscribe(to: "topic:b").outcome == "topic:b",
            "each connection has its own rate")

        // The wall clock may be set back; the limit goes by one that is not.
        stage.clock.set(Timestamp(milliseconds: 0))
        stage.loop.advanceTime(by: .seconds(120))
        #expect(client.session.subscribe(to: "topic:b").outcome == "topic:b")
    }

    @Test func `a connection holds so many subscriptions and no more`() throws {
        let stage = try Stage(.market { $0.limits.subscriptionsPerConnection = 2 })
        let client = stage.connect("alice", to: ["topic:a", "topic:b"])
        #expect(client.session.subscribe(to: "topic:c").outcome == "tooManySubscriptions: topic:c")
        #expect(client.session.subscribe(to: "topic:a").outcome == "topic:a")
        _ = client.session.unsubscribe(from: "topic:a")
        #expect(client.session.subscribe(to: "topic:c").outcome == "topic:c")
    }

    @Test func `a session that has closed joins nothing any more`() {
        let client = self.stage.connect("alice", to: ["topic:a"])
        client.session.close()
        #expect(client.session.subscribe(to: "topic:a").outcome == "disconnected: -")
        #expect(self.stage.platform.subscriberCounts.isEmpty)
        #expect(self.stage.say("said", #"{"topic":"a"}"#).receipt?.receivers == 0)
    }

    @Test func `closing leaves every channel, and closing again changes nothing`() {
        let clients = (0..<3).map { _ in self.stage.connect("alice", to: ["topic:a", "topic:b", "order:1"]) }
        #expect(self.stage.platform.subscribedChannelCount == 3)
        clients[0].session.close()
        clients[0].session.close()
        #expect(self.stage.hub.statistics.connections == 2)
        #expect(self.stage.hub.sessions(of: UserID("alice")).count == 2)
        self.stage.say("said", #"{"topic":"b"}"#)
        #expect(clients.map(\.data.count) == [0, 1, 1])
        clients[1].session.close()
        clients[2].session.close()
        #expect(self.stage.platform.subscribedChannelCount == 0)
        #expect(self.stage.hub.statistics.subscriptions == 0)
        #expect(self.stage.hub.sessions(of: UserID("alice")).isEmpty)
    }

    @Test func `connections of one user come and go in any order`() {
        var clients = (0..<20).map { _ in self.stage.connect("alice", to: ["topic:a"]) }
        for index in [0, 17, 5, 5, 10, 0, 12] {
            clients.remove(at: index).session.close()
            let numbers = Set(clients.map(\.port.number))
            #expect(Set(self.stage.hub.sessions(of: UserID("alice")).map(\.port.number)) == numbers)
        }
        #expect(self.stage.say("said", #"{"topic":"a"}"#).receipt?.receivers == 13)
        #expect(clients.allSatisfy { $0.data.count == 1 })
    }
}
