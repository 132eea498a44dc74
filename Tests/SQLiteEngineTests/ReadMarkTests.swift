// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import SQLiteEngine
import Testing

/// Marks of what users have read. Each case holds for every engine.
@Suite struct ReadMarkTests {
    private let folder: EngineFolder

    init() throws { self.folder = try EngineFolder() }

    private func entry(_ id: String, of user: UserID, in engine: any Engine) async throws -> InboxEntry? {
        let audience = ChannelName(stringLiteral: "user:\(user)")
        let query = InboxQuery(user: user, audiences: [audience, "all"], after: nil, limit: 1)
        return try await withCheckedContinuation { continuation in
            engine.inboxEntry(id, for: query) { continuation.resume(returning: $0) }
        }.get()
    }

    @Test(arguments: EngineKind.allCases)
    func `ROOM-045 a user finds what is in his inbox, and neither another's nor what is not there`(
        kind: EngineKind
    ) async throws {
        let engine = try kind.open(in: self.folder)
        let until = Timestamp(milliseconds: 90_000_000)
        try await engine.keep(at: 1_000_000, .addMembers(channel: "pool:1", users: ["b"]))
        try await engine.keep(at: 1_000_001, .deliver("own", at: 1_000_001, to: "user:a", until: until))
        try await engine.keep(at: 1_000_002, .deliver("pool", at: 1_000_002, to: "pool:1", until: until))
        let unread = InboxEntry(isRead: false, until: until)
        #expect(try await self.entry("own", of: "a", in: engine) == unread)
        #expect(try await self.entry("pool", of: "b", in: engine) == unread)
        for (id, user) in [("own", "b"), ("pool", "a"), ("none", "a"), ("", "a")] as [(String, UserID)] {
            #expect(try await self.entry(id, of: user, in: engine) == nil)
        }
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `what one user has read is not read by another, and stays read`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        let until = Timestamp(milliseconds: 90_000_000)
        try await engine.keep(at: 1_000_001, .deliver("x", at: 1_000_001, to: "all", until: until))
        for time in [1_000_002, 1_000_003] as [Int64] {
            try await engine.keep(at: time, .markRead(publication: "x", user: "a", until: until))
        }
        #expect(try await self.entry("x", of: "a", in: engine)?.isRead == true)
        #expect(try await self.entry("x", of: "b", in: engine)?.isRead == false)
        engine.close()
    }

    @Test func `marks survive a restart`() async throws {
        var engine = try self.folder.open()
        let until = Timestamp(milliseconds: 90_000_000)
        try await engine.keep(at: 1_000_001, .deliver("x", at: 1_000_001, to: "all", until: until))
        try await engine.keep(at: 1_000_002, .markRead(publication: "x", user: "a", until: until))
        engine.close()
        engine = try self.folder.open()
        #expect(try await self.entry("x", of: "a", in: engine)?.isRead == true)
        engine.close()
    }
}
