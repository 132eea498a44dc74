// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

@Suite struct RightsTests {
    private let order = ChannelName(known: "order:1")
    private let alice = UserID("alice")

    @Test func `who is no member any more is told, and hears nothing after that (RNG-D11)`() throws {
        let stage = try Stage()
        stage.change(.addMembers(channel: self.order, users: [self.alice, UserID("bob")]))
        let (alice, bob) = (stage.connect("alice", to: ["order:1", "global"]), stage.connect("bob", to: ["order:1"]))
        stage.change(.removeMembers(channel: self.order, users: [self.alice]))
        #expect(alice.lines == ["ended order:1"])
        #expect(alice.session.channelNames.map(\.rawValue) == ["global"])

        #expect(stage.say("order.updated", #"{"orderId":"1"}"#).receipt?.receivers == 1)
        #expect(alice.data.isEmpty)
        #expect(bob.data.count == 1)
        #expect(stage.hub.statistics.subscriptionsEnded == 1)
    }

    @Test func `the publication that takes a right away is not for the one who had it`() throws {
        let stage = try Stage()
        stage.change(.addMembers(channel: self.order, users: [self.alice, UserID("bob")]))
        let (alice, bob) = (stage.connect("alice", to: ["order:1"]), stage.connect("bob", to: ["order:1"]))
        stage.publish("order.updated", #"{"orderId":"1"}"#)
        stage.publish("order.left", #"{"orderId":"1","who":"alice"}"#)
        stage.loop.run()
        #expect(alice.data == [#"{"orderId":"1"}"#], "what came before is hers")
        #expect(alice.lines.last == "ended order:1")
        #expect(bob.data.count == 2)
    }

    @Test func `a right through a link ends with the membership behind it`() throws {
        let stage = try Stage()
        let shipment = ChannelName(known: "shipment:9")
        stage.change(
            .addMembers(channel: self.order, users: [self.alice]), .linkMembers(channel: shipment, parent: self.order))
        let client = stage.connect("alice", to: ["shipment:9", "order:1"])
        stage.change(.removeMembers(channel: self.order, users: [self.alice]))
        #expect(Set(client.lines) == ["ended shipment:9", "ended order:1"])
    }

    @Test func `a right that the user also has by another rule stays`() throws {
        let stage = try Stage()
        let signers = ChannelName(known: "signers")
        stage.change(.addMembers(channel: signers, users: [self.alice]))
        let client = stage.connect("alice", roles: ["signer"], to: ["proposal:1", "signers"])
        stage.change(.setMembers(channel: signers, users: []))
        #expect(client.lines == ["ended signers"])
    }

    @Test func `a token that expires ends the connection with the platform's words (RNG-D02)`() throws {
        let stage = try Stage(
            .market {
                $0.errors = ErrorRules([
                    .unauthenticated: .init(
                        message: TextTemplate("Authentication required"), close: CloseCode(rawValue: 4001))
                ])
            })
        let client = stage.connect("alice", expiresAt: ManualClock.start.milliseconds + 4_500)
        stage.advance(seconds: 4)
        #expect(client.port.recording.closes.isEmpty)
        stage.advance(seconds: 1)
        #expect(client.lines == ["error expired Authentication required"])
        #expect(client.port.recording.closes.map(\.code.rawValue) == [4001])
        #expect(client.port.recording.closes.map(\.reason) == ["Authentication required"])
    }

    @Test func `an expired connection is closed even where the contract only has words for it`() throws {
        let stage = try Stage(.market { $0.errors = ErrorRules([.expired: .init(message: TextTemplate("over"))]) })
        let client = stage.connect("alice", expiresAt: ManualClock.start.milliseconds + 1_000)
        stage.advance(seconds: 2)
        #expect(client.lines == ["error expired over"])
        #expect(client.port.recording.closes.map(\.code) == [.policyViolation])
    }

    @Test func `where the contract keeps expired connections nothing happens`() throws {
        let stage = try Stage(.market { $0.auth.onExpiry = .keep })
        let client = stage.connect("alice", expiresAt: ManualClock.start.milliseconds + 1_000)
        stage.advance(seconds: 5)
        #expect(client.lines.isEmpty)
        #expect(client.port.recording.closes.isEmpty)
    }

    @Test(arguments: [Int64.max, Int64.min, 0]) func `no moment of expiry is too much for the clock`(moment: Int64)
        throws
    {
        let stage = try Stage()
        let client = stage.connect("alice", expiresAt: moment)
        stage.advance(seconds: 2)
        #expect(client.port.recording.closes.count == (moment == .max ? 0 : 1))
    }

    @Test func `a clock that was ahead and is put right does not keep tokens alive`() throws {
        let stage = try Stage(clock: ManualClock(Timestamp(milliseconds: ManualClock.start.milliseconds + 86_400_000)))
        _ = stage.connect("early")
        stage.advance(seconds: 2)
        stage.clock.set(ManualClock.start)
        let client = stage.connect("alice", expiresAt: ManualClock.start.milliseconds + 10_000)
        stage.advance(seconds: 9)
        #expect(client.port.recording.closes.isEmpty)
        stage.advance(seconds: 2)
        #expect(client.port.recording.closes.count == 1)
    }
}
