// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

/// The clock stands still in all of these.
@Suite struct CommitTimeTests {
    private let engine = MemoryEngine()
    private let loop = EmbeddedEventLoop()
    private let feed = ChannelName(known: "feed:1")

    private func platform(inboxAge: Int64?) throws -> Platform {
        var definition = PlatformDefinition.market()
        definition.events["feed.posted"]?.inboxAge = inboxAge
        return try Platform(
            definition, dialects: [LineDialect()], engine: self.engine, eventLoops: [self.loop], clock: ManualClock(),
            node: 7)
    }

    private func inbox(_ user: String) -> [String] {
        let found = Mutexed<[String]>([])
        let query = InboxQuery(user: UserID(user), audiences: [], after: nil, limit: 100)
        self.engine.inbox(query) { result in found.change { $0 = ((try? result.get()) ?? []).map(\.publication.id) } }
        return found.value
    }

    private func post(_ id: String, on platform: Platform) {
        var request = PublishRequest(event: "feed.posted", data: JSONDocument.of(#"{"feedId":"1"}"#).root)
        request.id = id
        platform.publish([request]) { _ in }
    }

    @Test func `BULK-012 who leaves finds what was kept before, who comes what is kept after`() throws {
        let platform = try self.platform(inboxAge: 60_000)
        platform.change([.addMembers(channel: self.feed, users: [UserID("a")])]) { _ in }
        self.post("1", on: platform)
        platform.change([.setMembers(channel: self.feed, users: [UserID("b")])]) { _ in }
        self.post("2", on: platform)
        platform.change([.addMembers(channel: self.feed, users: [UserID("c")])]) { _ in }
        self.post("3", on: platform)
        #expect(self.inbox("a") == ["1"])
        #expect(self.inbox("b") == ["2", "3"])
        #expect(self.inbox("c") == ["3"])
        platform.close()
        self.loop.run()
    }

    @Test func `without inboxes many changes of members take no time`() throws {
        let platform = try self.platform(inboxAge: nil)
        for number in 0..<100 {
            platform.change([.addMembers(channel: self.feed, users: [UserID("\(number)")])]) { _ in }
        }
        #expect(try self.engine.load().lastTime == ManualClock.start)
        platform.close()
        self.loop.run()
    }
}
