// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Testing

@testable import Realtime

struct PresenceTests {
    private static var definition: PlatformDefinition {
        .market { definition in
            definition.channels.append(ChannelRules("job:{jobId}", .member))
            definition.events["presence"] = EventType(
                name: "presence",
                routes: [
                    .companionsOf(
                        NameTemplate("{user}"), in: ChannelPattern("job:{jobId}"), as: NameTemplate("user:{member}"),
                        location: .test)
                ], location: .test)
            definition.presence = .init(
                event: "presence", grace: 10_000,
                data: Template(
                    .object([
                        (key: "user", value: .value(TemplatePath(.userID))),
                        (key: "status", value: .value(TemplatePath(.presenceStatus))),
                    ])), location: .test)
        }
    }

    private let stage: Stage

    init() throws {
        self.stage = try Stage(Self.definition)
        self.stage.platform.start()
        self.stage.change(
            .addMembers(channel: ChannelName(known: "job:1"), users: [UserID("ann"), UserID("ben")]))
    }

    @Test func `PAY-072 who shares a job is told that a user came and, when his grace is over, that he went`() {
        let ann = self.stage.connect("ann", to: ["user:ann"])
        let eve = self.stage.connect("eve", to: ["user:eve"])
        let ben = self.stage.connect("ben")
        self.stage.loop.run()
        #expect(ann.data == [#"{"user":"ben","status":"online"}"#])
        ben.session.close()
        self.stage.advance(seconds: 9)
        #expect(ann.data.count == 1)
        self.stage.advance(seconds: 3)
        #expect(ann.data.last == #"{"user":"ben","status":"offline"}"#)
        #expect(eve.data.isEmpty)
    }

    @Test func `PAY-072 a second connection, or coming back within the grace, is no news`() {
        let ann = self.stage.connect("ann", to: ["user:ann"])
        let first = self.stage.connect("ben")
        let second = self.stage.connect("ben")
        first.session.close()
        self.stage.advance(seconds: 30)
        second.session.close()
        self.stage.advance(seconds: 5)
        let third = self.stage.connect("ben")
        self.stage.advance(seconds: 30)
        #expect(ann.data == [#"{"user":"ben","status":"online"}"#])
        third.session.close()
        self.stage.advance(seconds: 12)
        #expect(ann.data.last == #"{"user":"ben","status":"offline"}"#)
    }

    @Test func `PAY-072 only those who share a channel may ask, and hear nothing of others`() throws {
        _ = self.stage.connect("ben")
        let users = [Operation.ChannelSource.each(TemplatePath(.args(["users"])))]
        let each = Template(
            .object([
                (key: "user", value: .value(TemplatePath(.presenceUser))),
                (key: "status", value: .value(TemplatePath(.presenceStatus))),
            ]))
        func ask(_ caller: OperationCaller) throws -> [String] {
            var scope = TemplateScope(now: self.stage.clock.now())
            scope.args = try JSONDocument(parsing: #"{"users":["ben","eve","ann"]}"#).root
            let answers = Mutexed<[String]>([])
            self.stage.platform.run(.presence(users: users, each: each, reply: nil), in: scope, as: caller) { result in
                answers.change { $0 = ((try? result.get().texts) ?? []).map { String(decoding: $0, as: UTF8.self) } }
            }
            return answers.value
        }
        #expect(
            try ask(.client(Identity(user: UserID("ann")))) == [
                #"{"user":"ben","status":"online"}"#, #"{"user":"ann","status":"offline"}"#,
            ])
        #expect(try ask(.client(Identity(user: UserID("eve")))) == [#"{"user":"eve","status":"offline"}"#])
        #expect(try ask(.client(nil)) == [])
        #expect(try ask(.backend).count == 3)
    }
}
