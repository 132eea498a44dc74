// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Testing

@testable import Realtime

/// Who is online in a channel: counted, told to the others there, and said to whoever asks with a right to the channel.
struct ChannelPresenceTests {
    private static func words(_ event: String) -> ChannelPresenceRules.Change {
        ChannelPresenceRules.Change(
            event: event,
            data: Template(
                .object([
                    (key: "room", value: .value(TemplatePath(.channelParameter("roomId")))),
                    (key: "user", value: .value(TemplatePath(.userID))),
                    (key: "avatar", value: .value(TemplatePath(.userAvatar))),
                ])))
    }

    private static let rules = ChannelPresenceRules(
        grace: 10_000, online: Self.words("came"), offline: Self.words("went"))

    private static func definition(_ presence: ChannelPresenceRules? = Self.rules) -> PlatformDefinition {
        .market { definition in
            var room = ChannelRules("lobby:{roomId}", .everyone, history: .init(count: 10, age: 60_000))
            room.presence = presence
            definition.channels.append(room)
            var hall = ChannelRules("hall:{roomId}", .member)
            hall.presence = presence
            definition.channels.append(hall)
            for event in ["came", "went"] { definition.events[event] = EventType(event, to: []) }
        }
    }

    private let stage: Stage

    init() throws {
        self.stage = try Stage(Self.definition())
        self.stage.platform.start()
    }

    private static func line(_ user: String) -> String { #"{"room":"1","user":"\#(user)","avatar":null}"# }

    @Test func `ROOM-046 the others in the channel are told that a user came, his own connections are not`() {
        let ann = self.stage.connect("ann", to: ["lobby:1"])
        let elsewhere = self.stage.connect("eve", to: ["lobby:2"])
        self.stage.loop.run()
        let first = self.stage.connect("ben", to: ["lobby:1"])
        self.stage.loop.run()
        #expect(ann.data == [Self.line("ben")])
        #expect(first.data.isEmpty)
        // A second connection is no news.
        let second = self.stage.connect("ben", to: ["lobby:1"])
        self.stage.loop.run()
        #expect(ann.data.count == 1)
        #expect(first.data.isEmpty && second.data.isEmpty && elsewhere.data.isEmpty)
        // What is said to the channel still reaches all of them.
        self.stage.say("came", #"{"room":"1"}"#) { $0.channels = ["lobby:1"] }
        #expect([ann, first, second].allSatisfy { $0.data.last == #"{"room":"1"}"# })
    }

    @Test func `ROOM-047 who unsubscribes with his last connection has gone at once`() {
        let ann = self.stage.connect("ann", to: ["lobby:1"])
        let first = self.stage.connect("ben", to: ["lobby:1"])
        let second = self.stage.connect("ben", to: ["lobby:1"])
        self.stage.loop.run()
        _ = first.session.unsubscribe(from: "lobby:1")
        self.stage.loop.run()
        #expect(ann.data.count == 1)
        _ = second.session.unsubscribe(from: "lobby:1")
        self.stage.loop.run()
        #expect(ann.data == [Self.line("ben"), Self.line("ben")])
        #expect(ann.lines.contains { $0.contains("went") })
    }

    @Test func `ROOM-047 who is lost has gone after the grace, counted from his last loss`() {
        let ann = self.stage.connect("ann", to: ["lobby:1"])
        let first = self.stage.connect("ben", to: ["lobby:1"])
        self.stage.loop.run()
        first.session.close()
        self.stage.advance(seconds: 6)
        let second = self.stage.connect("ben", to: ["lobby:1"])
        self.stage.advance(seconds: 2)
        second.session.close()
        self.stage.advance(seconds: 8)
        #expect(ann.data == [Self.line("ben")])
        self.stage.advance(seconds: 4)
        #expect(ann.data.count == 2)
    }

    @Test func `ROOM-058 who says that he goes has gone at once`() {
        let ann = self.stage.connect("ann", to: ["lobby:1"])
        let ben = self.stage.connect("ben", to: ["lobby:1"])
        self.stage.loop.run()
        ben.session.close(isDeliberate: true)
        self.stage.loop.run()
        #expect(ann.data.count == 2)
    }

    @Test func `who loses the right has gone at once`() {
        let hall = ChannelName(known: "hall:1")
        self.stage.change(.addMembers(channel: hall, users: [UserID("ann"), UserID("ben")]))
        let ann = self.stage.connect("ann", to: ["hall:1"])
        let ben = self.stage.connect("ben", to: ["hall:1"])
        self.stage.loop.run()
        self.stage.change(.removeMembers(channel: hall, users: [UserID("ben")]))
        #expect(ann.data == [Self.line("ben"), Self.line("ben")])
        #expect(ben.session.channelNames.isEmpty)
    }

    @Test func `coming and going is in no history, and nobody without a name is counted`() throws {
        let ann = self.stage.connect("ann", to: ["lobby:1"])
        _ = self.stage.connect(nil, to: ["lobby:1"])
        _ = self.stage.connect("ben", to: ["lobby:1"])
        self.stage.loop.run()
        #expect(ann.data.count == 1)
        #expect(self.stage.platform.channelPresence.users(in: ChannelName(known: "lobby:1")).count == 2)
        let rules = try #require(self.stage.platform.definition.match("lobby:1")?.rules.history)
        let kept = self.stage.platform.withHistories { histories in
            histories.read(ChannelName(known: "lobby:1"), rules: rules, now: self.stage.clock.now())
        }
        guard case .resident(let history) = kept else { return }
        #expect(history.after("").publications.isEmpty)
    }

    @Test func `a new version of the contract begins and ends the counting`() throws {
        let stage = try Stage(Self.definition(nil))
        let ann = stage.connect("ann", to: ["lobby:1"])
        let lobby = ChannelName(known: "lobby:1")
        #expect(stage.platform.channelPresence.users(in: lobby).isEmpty)
        _ = stage.platform.adopt(Self.definition(), dialects: [LineDialect()], gatheredOn: stage.loop)
        stage.loop.run()
        #expect(stage.platform.channelPresence.users(in: lobby).map(\.user) == [UserID("ann")])
        _ = stage.platform.adopt(Self.definition(nil), dialects: [LineDialect()], gatheredOn: stage.loop)
        stage.loop.run()
        #expect(stage.platform.channelPresence.users(in: lobby).isEmpty)
        #expect(ann.data.isEmpty)
    }

    // MARK: The list

    private func ask(_ channel: String, as caller: OperationCaller) throws -> Result<String, RequestError> {
        let sources = [Operation.ChannelSource.text(TextTemplate(channel))]
        let reply = Template(
            .object([
                (key: "users", value: .value(TemplatePath(.result(["users"])))),
                (key: "count", value: .value(TemplatePath(.result(["count"])))),
            ]))
        let answers = Mutexed<[Result<String, RequestError>]>([])
        let scope = TemplateScope(now: self.stage.clock.now())
        self.stage.platform.run(.channelPresence(channels: sources, reply: reply), in: scope, as: caller) { result in
            answers.change { $0.append(result.map { String(decoding: $0.texts.first ?? [], as: UTF8.self) }) }
        }
        return try #require(answers.value.first)
    }

    @Test func `ROOM-048 the list has who is there with name, avatar and time, and their number`() throws {
        let since = self.stage.clock.now().description
        _ = self.stage.connect("ben", to: ["lobby:1"])
        let lost = self.stage.connect("cid", to: ["lobby:1"])
        lost.session.close()
        let answer = try self.ask("lobby:1", as: .client(Identity(user: UserID("ann")))).get()
        func entry(_ user: String) -> String {
            #"{"id":"\#(user)","name":null,"avatar":null,"connectedAt":"\#(since)"}"#
        }
        #expect(answer == #"{"users":[\#(entry("ben")),\#(entry("cid"))],"count":2}"#)
        #expect(try self.ask("lobby:2", as: .client(nil)).get() == #"{"users":[],"count":0}"#)
    }

    @Test func `ROOM-049 who may not subscribe may not see who is there`() throws {
        self.stage.change(.addMembers(channel: ChannelName(known: "hall:1"), users: [UserID("ann")]))
        #expect(throws: Never.self) { try self.ask("hall:1", as: .client(Identity(user: UserID("ann")))).get() }
        let refused = try self.ask("hall:1", as: .client(Identity(user: UserID("eve"))))
        #expect(refused.failure?.code == .forbidden)
        #expect(try self.ask("hall:1", as: .client(nil)).failure?.code == .forbidden)
        #expect(throws: Never.self) { try self.ask("hall:1", as: .backend).get() }
    }
}
