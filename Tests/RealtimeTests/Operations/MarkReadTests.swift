// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Testing

@testable import Realtime

struct MarkReadTests {
    private let loop = EmbeddedEventLoop()
    private let engine = MemoryEngine()
    private let platform: Platform

    init() throws {
        let definition = PlatformDefinition.market { definition in
            var told = EventType("told", to: ["user:{did}"])
            told.inboxAge = 60_000
            definition.events["told"] = told
        }
        self.platform = try Platform(
            definition, dialects: [LineDialect()], engine: self.engine, eventLoops: [self.loop], clock: ManualClock())
        self.platform.publish([
            PublishRequest(event: "told", data: JSONDocument.of(#"{"did":"ann"}"#).root, id: "n1")
        ]) { _ in }
        self.loop.run()
    }

    private func mark(_ id: String, as user: String?) throws -> Result<[String], RequestError> {
        var scope = TemplateScope(now: Timestamp(milliseconds: 0))
        let document = JSONDocument.of(#"{"id":"\#(id)"}"#)
        scope.args = document.root
        let answers = Mutexed<[Result<[String], RequestError>]>([])
        let notification = TextTemplate(parts: [.value(TemplatePath(.args(["id"])))])
        let reply = Template(.object([(key: "read", value: .value(TemplatePath(.result(["id"]))))]))
        self.platform.run(
            .markRead(notification: notification, reply: reply), in: scope,
            as: .client(user.map { Identity(user: UserID($0)) })
        ) { result in
            answers.change { $0.append(result.map { $0.texts.map { String(decoding: $0, as: UTF8.self) } }) }
        }
        return try #require(answers.value.first)
    }

    private var isRead: Bool {
        let entries = Mutexed<[InboxEntry?]>([])
        let user = UserID("ann")
        let query = InboxQuery(user: user, audiences: [ChannelName(known: "user:ann")], after: nil, limit: 1)
        self.engine.inboxEntry("n1", for: query) { result in entries.change { $0.append(try? result.get()) } }
        return entries.value.first??.isRead == true
    }

    @Test func `ROOM-044 a user marks what is in his inbox as read, once or again`() throws {
        #expect(!self.isRead)
        for _ in 0..<2 { #expect(try self.mark("n1", as: "ann").get() == [#"{"read":"n1"}"#]) }
        #expect(self.isRead)
    }

    @Test func `ROOM-045 what is another's or nobody's is forbidden, and nothing changes`() throws {
        #expect(try self.mark("n1", as: "ben").failure?.code == .forbidden)
        for id in ["n2", "", String(repeating: "x", count: 1000)] {
            #expect(try self.mark(id, as: "ann").failure?.code == .forbidden)
        }
        #expect(try self.mark("n1", as: nil).failure?.code == .unauthenticated)
        #expect(!self.isRead)
    }
}
