// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime
import Testing

@Suite struct PublishingTests {
    private let stage: Stage
    private let created = #"{"orderId":"1","buyer":"alice","vendor":"victor"}"#

    init() throws { self.stage = try Stage() }

    @Test func `an event reaches its own channel and the channels of its parties, on every connection (RNG-030)`() {
        self.stage.say("order.created", self.created)
        let clients = [
            self.stage.connect("alice", to: ["user:alice", "order:1"]), self.stage.connect("alice", to: ["user:alice"]),
            self.stage.connect("victor", to: ["order:1"]),
            self.stage.connect("mallory", to: ["user:mallory", "global"]),
        ]
        let receipt = self.stage.say("order.created", self.created).receipt
        #expect(clients.map(\.data.count) == [1, 1, 1, 0])
        #expect(receipt?.receivers == 3)
        #expect(receipt?.channels.map(\.rawValue) == ["order:1", "user:alice", "user:victor"])
    }

    @Test func `an event for the members of a channel reaches each one's own channel (RNG-D14)`() {
        self.stage.say("order.created", self.created)
        let created = self.stage.say("shipment.created", #"{"shipmentId":"9","orderId":"1"}"#).receipt
        #expect(created?.channels.map(\.rawValue) == ["shipment:9", "user:alice", "user:victor"])
        let moved = self.stage.say("shipment.moved", #"{"shipmentId":"9"}"#).receipt
        #expect(moved?.channels.map(\.rawValue) == ["shipment:9", "user:alice", "user:victor"])
    }

    @Test func `an event that the contract does not have is refused, with the nearest that it has`() {
        let error = self.stage.say("order.create", self.created).error
        #expect(error?.code == .unknownEvent)
        #expect(error?.message.contains("order.created") == true)
        #expect(error?.pointer?.description == "/event")
    }

    @Test func `what only inboxes keep is refused when it names nobody, and would be lost`() throws {
        let stage = try Stage(
            .market {
                var event = EventType("told", to: [])
                event.inboxAge = 60_000
                $0.events["told"] = event
            })
        #expect(stage.say("told", "{}").error?.code == .invalidRequest)
        #expect(stage.say("told", "{}") { $0.users = ["alice"] }.receipt?.channels.map(\.rawValue) == ["user:alice"])
    }

    @Test func `undeclared events may go where the contract opens a channel, and only there (RNG-D09)`() {
        let client = self.stage.connect("alice", to: ["global"])
        #expect(self.stage.say("announcement", #"{"text":"hi"}"#) { $0.channels = ["global"] }.receipt?.receivers == 1)
        #expect(client.data == [#"{"text":"hi"}"#])
        #expect(self.stage.say("announcement", "{}") { $0.channels = ["topic:a"] }.error?.code == .unknownEvent)
        #expect(self.stage.say("announcement", "{}") { $0.channels = [] }.error?.code == .unknownEvent)
    }

    @Test func `a payload that lacks what a route needs is refused at that place`() {
        let error = self.stage.say("order.created", #"{"orderId":"1","buyer":"alice","vendor":""}"#).error
        #expect(error?.code == .invalidPayload)
        #expect(error?.pointer?.description == "/data/vendor")
        #expect(self.stage.say("order.updated", "[]").error?.pointer?.description == "/data/orderId")
    }

    @Test func `a value that makes no channel name is refused at its place`() {
        let error = self.stage.say("order.updated", #"{"orderId":"a\nb"}"#).error
        #expect(error?.code == .invalidPayload)
        #expect(error?.pointer?.description == "/data/orderId")
    }

    @Test func `channels named in the request replace the event's own`() {
        let receipt = self.stage.say("order.updated", #"{"orderId":"1"}"#) {
            $0.channels = ["topic:a", "topic:b", "topic:a"]
        }
        .receipt
        #expect(receipt?.channels.map(\.rawValue) == ["topic:a", "topic:b"])
        let error = self.stage.say("order.updated", "{}") { $0.channels = ["topic:a", "nonsense"] }.error
        #expect(error?.code == .invalidChannel)
        #expect(error?.pointer?.description == "/to/1")
        #expect(error?.channel == "nonsense")
    }

    @Test func `users named in the request get it on their own channels`() {
        let receipt = self.stage.say("order.updated", "{}") {
            $0.users = ["did:x:1", "bob"]
            $0.channels = ["global"]
        }.receipt
        #expect(receipt?.channels.map(\.rawValue) == ["global", "user:did:x:1", "user:bob"])
        #expect(
            self.stage.say("order.updated", "{}") { $0.users = ["bob", ""] }.error?.pointer?.description == "/users/1")
    }

    @Test func `on a platform without a channel for each user, users cannot be named`() throws {
        let stage = try Stage(.market { $0.channels.removeAll { $0.pattern.description == "user:{did}" } })
        #expect(stage.say("order.updated", "{}") { $0.users = ["bob"] }.error?.code == .invalidRequest)
    }

    @Test func `a publisher's own id and time are told as they are`() {
        let client = self.stage.connect("alice", to: ["topic:a"])
        let receipt = self.stage.say("said", #"{"topic":"a"}"#) {
            $0.id = "my-1"
            $0.time = "2020-01-01T01:00:00+01:00"
        }.receipt
        #expect(receipt?.id == "my-1")
        #expect(receipt?.time.description == "2020-01-01T00:00:00.000Z")
        #expect(client.lines == [#"event said at 2020-01-01T00:00:00.000Z as my-1 {"topic":"a"}"#])
    }

    @Test func `an id, a key or a time that is none is refused`() {
        let cases: [(String, (inout PublishRequest) -> Void)] = [
            ("/id", { $0.id = "" }), ("/id", { $0.id = String(repeating: "x", count: 65) }),
            ("/idempotencyKey", { $0.idempotencyKey = "" }),
            ("/idempotencyKey", { $0.idempotencyKey = String(repeating: "x", count: 256) }),
            ("/time", { $0.time = "soon" }),
        ]
        for (pointer, change) in cases {
            let error = self.stage.say("said", #"{"topic":"a"}"#, change).error
            #expect(error?.code == .invalidRequest)
            #expect(error?.pointer?.description == pointer)
        }
    }

    @Test func `a payload above the limit and too many channels are refused`() throws {
        let stage = try Stage(
            .market {
                $0.limits.payloadByteCount = 30
                $0.limits.channelsPerPublication = 2
            })
        #expect(stage.say("said", #"{"topic":"a","p":"123456"}"#).receipt != nil)
        let error = stage.say("said", #"{"topic":"a","p":"12345678901"}"#).error
        #expect(error?.code == .invalidPayload)
        #expect(error?.pointer?.description == "/data")
        let wide = stage.say("said", "{}") { $0.channels = ["topic:1", "topic:2", "topic:3"] }
        #expect(wide.error?.code == .invalidRequest)
    }

    @Test func `a thousand channels are told apart, each once and in order, and more are refused`() throws {
        let names = (0..<1000).map { "topic:\($0)" }
        let receipt = self.stage.say("said", "{}") { $0.channels = names + names.reversed() }.receipt
        #expect(receipt?.channels.map(\.rawValue) == names)
        let error = self.stage.say("said", "{}") { $0.channels = names + ["topic:x"] }.error
        #expect(error?.message == "a publication may go to 1000 channels, this one goes to more")
    }

    @Test func `the steps of a route can be told`() throws {
        self.stage.say("order.created", self.created)
        let request = PublishRequest(
            event: "shipment.created", data: JSONDocument.of(#"{"shipmentId":"9","orderId":"1"}"#).root)
        let routed = try self.stage.platform.definition.route(
            request, facts: self.stage.platform.members, isExplained: true)
        #expect(
            routed.steps.map(\.explanation) == [
                "shipment:{shipmentId} is shipment:9", "user:{member} is user:alice, as alice is a member of order:1",
                "user:{member} is user:victor, as victor is a member of order:1",
            ])
    }

    @Test func `the steps of a decision can be told`() throws {
        let match = try #require(self.stage.platform.definition.match("proposal:1"))
        let identity = Identity(user: UserID("x"), roles: ["admin"])
        let decision = match.decide(for: identity, facts: self.stage.platform.members, isExplained: true)
        #expect(!decision.isAllowed)
        #expect(
            decision.steps.map(\.explanation) == [
                #"the token gives user "x" no role "signer""#, #"user "x" is not a member of "signers""#,
            ])
    }
}
