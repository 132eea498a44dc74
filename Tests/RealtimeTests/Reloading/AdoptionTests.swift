// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import NIOEmbedded
import Testing

@testable import Realtime

@Suite struct AdoptionTests {
    private let order = ChannelName(known: "order:1")

    private func adopt(
        _ stage: Stage, dialects: [any Dialect] = [LineDialect()], _ change: (inout PlatformDefinition) -> Void
    ) throws {
        let adopted = stage.platform.adopt(.market(change), dialects: dialects, gatheredOn: stage.loop)
        stage.loop.run()
        try adopted.wait()
    }

    @Test func `who keeps the right keeps the subscription, and everything published around the change comes once`()
        throws
    {
        let stage = try Stage()
        let client = stage.connect(to: ["topic:a"])
        stage.publish("said", #"{"topic":"a","n":1}"#)
        let adopted = stage.platform.adopt(.market(), dialects: [LineDialect()], gatheredOn: stage.loop)
        stage.publish("said", #"{"topic":"a","n":2}"#)
        stage.loop.run()
        try adopted.wait()
        stage.say("said", #"{"topic":"a","n":3}"#)
        #expect(client.data == (1...3).map { #"{"topic":"a","n":\#($0)}"# })
        #expect(client.lines.count == 3)
        #expect(client.port.recording.closes.isEmpty)
    }

    @Test func `a right that the contract takes away ends those subscriptions, and no others`() throws {
        let stage = try Stage()
        stage.change(.addMembers(channel: self.order, users: [UserID("alice")]))
        let alice = stage.connect("alice", to: ["order:1", "topic:a", "global"])
        let signer = stage.connect("carol", roles: ["signer"], to: ["topic:a"])
        try self.adopt(stage) { definition in
            definition.channels.removeAll { ["topic:{name}", "global"].contains($0.pattern.description) }
            definition.channels.append(ChannelRules("topic:{name}", .role("signer")))
        }
        #expect(Set(alice.lines) == ["ended topic:a", "ended global"], "a channel that is gone ends as well")
        #expect(alice.session.channelNames.map(\.rawValue) == ["order:1"])
        #expect(signer.lines.isEmpty)
        #expect(signer.session.channelNames.map(\.rawValue) == ["topic:a"])
        stage.say("said", #"{"topic":"a"}"#)
        #expect(alice.data.isEmpty)
        #expect(signer.data.count == 1)
    }

    @Test func `connections without a user end where there has to be one`() throws {
        let stage = try Stage(.market { $0.auth.mode = .optional })
        let (nobody, alice) = (stage.connect(nil), stage.connect("alice"))
        try self.adopt(stage) { definition in
            definition.auth.mode = .required
            definition.errors = ErrorRules([.unauthenticated: .init(close: CloseCode(rawValue: 4001))])
        }
        #expect(nobody.port.recording.closes.map(\.code.rawValue) == [4001], "in the words of the new contract")
        #expect(alice.port.recording.closes.isEmpty)
    }

    @Test func `the contract's own subscriptions are made, and internal ones end without a word`() throws {
        func contract(joining name: String) -> (inout PlatformDefinition) -> Void {
            { definition in
                var hidden = ChannelRules("all:{name}", .everyone)
                hidden.isInternal = true
                definition.channels.insert(hidden, at: 0)
                definition.joins = [.channels(.text(TextTemplate(name)), endsWithSubscribe: false, location: .test)]
            }
        }
        let stage = try Stage(.market(contract(joining: "all:one")))
        let client = stage.connect()
        client.session.joinContractChannels()
        #expect(client.session.channelNames.map(\.rawValue) == ["all:one"])
        try self.adopt(stage, contract(joining: "all:two"))
        #expect(client.session.channelNames.map(\.rawValue) == ["all:two"])
        #expect(client.lines.isEmpty)
    }

    @Test func `a dialect that comes or goes traps nobody, before, during and after`() throws {
        let both: [any Dialect] = [LineDialect(), LineDialect(name: "named", namesChannel: true)]
        let stage = try Stage(dialects: both)
        let (plain, named) = (stage.connect(to: ["topic:a", "topic:b"]), stage.connect(dialect: 1, to: ["topic:a"]))
        for dialects in [[LineDialect()], both, [LineDialect()]] as [[any Dialect]] {
            stage.publish("said", #"{"topic":"a"}"#)
            let adopted = stage.platform.adopt(.market(), dialects: dialects, gatheredOn: stage.loop)
            stage.publish("said", #"{"topic":"a"}"#)
            stage.publish("shouted", #"{"a":"a","b":"b"}"#)
            stage.loop.run()
            try adopted.wait()
            stage.say("said", #"{"topic":"a"}"#)
            named.session.end(RequestError(.internalError, "still spoken to"))
        }
        #expect(plain.data.count == 12)
        #expect(named.data.count == 4, "until it was closed")
    }

    @Test func `a limit that changes counts connections anew and old ones do not give back what they never took`()
        throws
    {
        let stage = try Stage(
            .market { $0.limits.messages = [.init(.init(count: 1, window: 60_000), per: .connection)] })
        let client = stage.connect("alice")
        #expect(client.session.admitMessage())
        try self.adopt(stage) { definition in
            definition.limits.connectionsPerUser = 2
            definition.limits.messages = [
                .init(.init(count: 5, window: 60_000), per: .user),
                .init(.init(count: 2, window: 60_000), per: .connection),
            ]
        }
        #expect(stage.platform.limits.connectionCount(of: .user(UserID("alice"))) == 1)
        #expect((0..<3).map { _ in client.session.admitMessage() } == [true, true, false])
        try self.adopt(stage) { $0.limits.idle = 1000 }
        client.session.close()
        #expect(stage.platform.limits.isEmpty)
    }

    @Test func `limits that stay the same go on counting`() throws {
        let rules: (inout PlatformDefinition) -> Void = {
            $0.limits.messages = [.init(.init(count: 2, window: 60_000), per: .user)]
        }
        let stage = try Stage(.market(rules))
        let client = stage.connect("alice")
        #expect(client.session.admitMessage())
        try self.adopt(stage, rules)
        #expect((0..<2).map { _ in client.session.admitMessage() } == [true, false])
    }

    @Test func `a history in memory follows other rules, and one that began late says what it lacks`() throws {
        func memory(_ count: Int) -> ChannelRules.History { .init(count: count, age: 60_000, isDurable: false) }
        func channels(_ topic: ChannelRules.History?) -> (inout PlatformDefinition) -> Void {
            { definition in
                definition.channels.removeAll { $0.pattern.description == "topic:{name}" }
                var rules = ChannelRules("topic:{name}", .everyone, history: topic)
                rules.isRecoverable = topic != nil
                definition.channels.append(rules)
            }
        }
        let stage = try Stage(.market(channels(memory(3))))
        for index in 1...3 { stage.say("said", #"{"topic":"a","n":\#(index)}"#) }
        func kept(_ count: Int) -> ChannelHistory? {
            stage.platform.withHistories {
                guard
                    case .resident(let history) = $0.read(
                        ChannelName(known: "topic:a"), rules: memory(count), now: stage.clock.now())
                else { return nil }
                return history
            }
        }
        try self.adopt(stage, channels(memory(2)))
        #expect(kept(2)?.publications.count == 2)
        let last = try #require(kept(2)?.publications.last?.position)
        try self.adopt(stage, channels(nil))
        stage.say("said", #"{"topic":"a","n":4}"#)
        try self.adopt(stage, channels(memory(2)))
        #expect(kept(2)?.after(last).isComplete == false, "what came meanwhile was not kept")
    }

    @Test func `presence is counted for connections that were there when the contract began to want it`() throws {
        let stage = try Stage()
        let client = stage.connect("alice")
        try self.adopt(stage) { definition in
            definition.presence = .init(event: "presence", grace: 1000, data: Template(.json([])), location: .test)
        }
        #expect(stage.platform.presence.isOnline(UserID("alice")))
        client.session.close()
        stage.advance(seconds: 4)
        #expect(!stage.platform.presence.isOnline(UserID("alice")))
    }

    @Test func `a wait that other rules complete ends`() throws {
        let stage = try Stage()
        stage.platform.start()
        let client = stage.connect("ann", to: ["user:ann"])
        stage.say("rating.submitted", #"{"orderId":"7","by":"ann","buyer":"ann","vendor":"ben"}"#)
        #expect(client.lines.count == 1)
        try self.adopt(stage) { $0.waits[0].count = 1 }
        stage.advance(seconds: 3)
        #expect(client.lines.contains { $0.hasPrefix("event rating.revealed") })
    }

    @Test func `loops change each between two deliveries, and no loop misses any`() async throws {
        let pair = try LoopPair()
        let (left, right) = (
            try await pair.connect(on: 0, to: ["topic:a"]), try await pair.connect("bob", on: 1, to: ["topic:a"])
        )
        for round in 0..<20 {
            _ = pair.publish("said", #"{"topic":"a","n":\#(2 * round)}"#)
            let adopted = pair.platform.adopt(.market(), dialects: [LineDialect()], gatheredOn: pair.loops[0])
            _ = pair.publish("said", #"{"topic":"a","n":\#(2 * round + 1)}"#)
            await pair.run()
            try await adopted.get()
        }
        let wanted = (0..<40).map { #"{"topic":"a","n":\#($0)}"# }
        #expect(left.data == wanted)
        #expect(right.data == wanted)
        await pair.close()
    }
}
