// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

struct ContractJoinsTests {
    private static var definition: PlatformDefinition {
        .market { definition in
            var everybody = ChannelRules("connections:all")
            everybody.isInternal = true
            everybody.acceptsUndeclaredEvents = true
            definition.channels.append(everybody)
            definition.channels.append(ChannelRules("pool:{poolId}", .member))
            definition.events["pool.filled"] = EventType("pool.filled", to: ["pool:{pool}"])
            definition.joins = [
                .channels(.text(TextTemplate("connections:all")), endsWithSubscribe: false, location: .test),
                .channels(
                    .text(TextTemplate(parts: [.literal("user:"), .value(TemplatePath(.userID, missing: .drop))])),
                    endsWithSubscribe: false, location: .test),
                .memberOf(ChannelPattern("pool:{poolId}"), location: .test),
            ]
        }
    }

    private let stage: Stage
    private static let pool = ChannelName(known: "pool:1")

    init() throws { self.stage = try Stage(Self.definition) }

    private func connect(_ user: String?) -> Stage.Client {
        let client = self.stage.connect(user)
        client.session.joinContractChannels()
        return client
    }

    @Test
    func
        `PAY-007 PAY-074 every connection is subscribed to what the contract says, and a nobody to what needs no user`()
    {
        let (ann, nobody) = (self.connect("ann"), self.connect(nil))
        self.stage.say("anything", "{}") { $0.channels = ["connections:all"] }
        self.stage.say("anything.else", "1") { $0.channels = ["global"] }
        #expect(ann.data == ["{}"] && nobody.data == ["{}"])
        #expect(ann.session.channelNames.map(\.rawValue) == ["connections:all", "user:ann"])
        #expect(nobody.session.channelNames.map(\.rawValue) == ["connections:all"])
    }

    @Test func `PAY-010 a channel of the server is none to clients, and stands in no count they see`() {
        let ann = self.connect("ann")
        #expect(ann.session.subscribe(to: "connections:all").outcome == "invalidChannel: connections:all")
        #expect(ann.session.unsubscribe(from: "connections:all").outcome == "invalidChannel: connections:all")
        _ = ann.session.subscribe(to: "topic:a")
        #expect(self.stage.platform.clientSubscriberCounts.map(\.channel.rawValue) == ["topic:a"])
        #expect(self.stage.platform.counters.connections == 1)
    }

    @Test func `BULK-D04 members hear their pools, from the moment they become members until they are none`() {
        let ann = self.connect("ann")
        self.stage.say("pool.filled", #"{"pool":"1","n":1}"#)
        self.stage.change(.addMembers(channel: Self.pool, users: [UserID("ann")]))
        self.stage.say("pool.filled", #"{"pool":"1","n":2}"#)
        let second = self.connect("ann")
        self.stage.say("pool.filled", #"{"pool":"1","n":3}"#)
        self.stage.change(.removeMembers(channel: Self.pool, users: [UserID("ann")]))
        self.stage.say("pool.filled", #"{"pool":"1","n":4}"#)
        #expect(ann.data == [#"{"pool":"1","n":2}"#, #"{"pool":"1","n":3}"#])
        #expect(second.data == [#"{"pool":"1","n":3}"#])
    }

    @Test func `a change of somebody's rights leaves him the channels of the server`() {
        let ann = self.connect("ann")
        self.stage.change(.setMembers(channel: Self.pool, users: [UserID("ann")]))
        self.stage.change(.setMembers(channel: Self.pool, users: []))
        #expect(ann.session.channelNames.map(\.rawValue) == ["connections:all", "user:ann"])
    }
}
