// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Realtime
import Testing

@testable import SQLiteEngine

/// What only a database has: its steps, its plans, and what it forgets.
@Suite struct SchemaTests {
    private let folder: EngineFolder

    init() throws { self.folder = try EngineFolder() }

    @Test func `a database of the first version goes on with everything in it`() async throws {
        let queue = try DatabaseQueue(path: self.folder.database)
        try Schema.migrator.migrate(queue, upTo: "001 members, records, waits, idempotency, history")
        try await queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO members VALUES ('pool:1', 'a');
                    INSERT INTO member_links VALUES ('chat:1', 'pool:1');
                    INSERT INTO channels VALUES (1, 'o', 2);
                    INSERT INTO publications VALUES (1, 1, 'x', 'e', 2000000, 9000000, x'01');
                    INSERT INTO publications VALUES (1, 2, 'y', 'e', 1000000, 9000000, x'02');
                    """)
        }
        try queue.close()
        let engine = try self.folder.open()
        let state = try engine.load()
        #expect(state.members == ["pool:1": ["a"]] && state.links == ["chat:1": "pool:1"])
        #expect(state.lastTime?.milliseconds == 2_000_000)
        let history = try await engine.history(of: "o")
        #expect(history.map(\.id) == ["x", "y"] && history.map(\.position) == ["x", "y"])
        try await engine.keep(at: 2_000_001, .deliver("1", at: 2_000_001, to: "chat:1"))
        #expect(try await engine.inbox("a") == ["1"])
        engine.close()
    }

    @Test func `one message to a channel of any number of members is one row`() async throws {
        let engine = try self.folder.open()
        let users = (0..<1000).map { UserID("u\($0)") }
        try await engine.keep(at: 1_000_000, .addMembers(channel: "pool:1", users: users))
        try await engine.keep(at: 1_000_001, .deliver("x", at: 1_000_001, to: "pool:1", "all"))
        #expect(try engine.rowCount("notifications") == 1 && engine.rowCount("inbox") == 2)
        #expect(try await engine.inbox("u999", "all") == ["x"])
        engine.close()
    }

    @Test func `expired notifications, their channels, credentials and former members go in portions`() async throws {
        let engine = try self.folder.open()
        let soon = self.folder.clock.moment(in: 1)
        var changes: [StateChange] = [.addMembers(channel: "user:0", users: ["a"])]
        for number in 0..<300 {
            let channel: ChannelName = "user:\(number)"
            changes.append(.deliver("\(number)", at: 1_000_000, to: channel, "all", until: soon))
            changes.append(
                .putCredential(
                    StoredCredential(
                        kind: .resume, key: "\(number)", user: "a", content: [], createdAt: soon, expiresAt: soon)))
        }
        try await engine.keep(Commit(time: Timestamp(milliseconds: 1_000_000), changes: changes))
        try await engine.keep(
            at: 1_000_001, .removeMembers(channel: "user:0", users: ["a"]), .deliver("stays", at: 1_000_001, to: "all"))
        #expect(try engine.rowCount("former_members") == 1)
        self.folder.clock.advance(milliseconds: 1)
        try await engine.keep(Commit())
        #expect((200..<300).contains(try engine.rowCount("notifications")))
        #expect((500..<600).contains(try engine.rowCount("inbox")))
        #expect((200..<300).contains(try engine.rowCount("credentials")))
        #expect(try engine.rowCount("former_members") == 1)
        for _ in 0..<12 { try await engine.keep(Commit()) }
        #expect(try engine.rowCount("notifications") == 1 && engine.rowCount("inbox") == 1)
        #expect(try engine.rowCount("inbox_channels") == 1 && engine.rowCount("credentials") == 0)
        #expect(try engine.rowCount("former_members") == 0)
        engine.close()
    }

    @Test func `who leaves a channel without an inbox leaves no trace`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(at: 1_000_000, .addMembers(channel: "room:1", users: ["a", "b"]))
        try await engine.keep(at: 1_000_001, .removeMembers(channel: "room:1", users: ["a"]))
        try await engine.keep(at: 1_000_002, .setMembers(channel: "room:1", users: []))
        #expect(try engine.rowCount("former_members") == 0 && engine.rowCount("members") == 0)
        engine.close()
    }

    @Test func `inboxes, credentials and times survive a restart`() async throws {
        var engine = try self.folder.open()
        let credential = StoredCredential(
            kind: .session, key: "k", user: "a\0b", content: [1], createdAt: Timestamp(milliseconds: 1),
            expiresAt: Timestamp(milliseconds: .max))
        try await engine.keep(
            at: 1_000_000, .addMembers(channel: "pool:1", users: ["a"]), .putCredential(credential),
            .deliver("x", at: 1_000_003, to: "pool:1"))
        engine.close()
        engine = try self.folder.open()
        let state = try engine.load()
        #expect(state.credentials == [credential] && state.lastTime?.milliseconds == 1_000_003)
        // A process whose clock is behind does not take the time back.
        try await engine.keep(at: 5, .deliver("y", at: 5, to: "all"))
        #expect(try engine.load().lastTime?.milliseconds == 1_000_003)
        #expect(try await engine.inbox("a") == ["x"])
        engine.close()
    }

    @Test(arguments: [
        "SELECT channel, time, notification FROM inbox WHERE until <= 1 ORDER BY until LIMIT 1",
        "SELECT id FROM notifications WHERE until <= 1 ORDER BY until LIMIT 1",
        "SELECT kind, credential_key FROM credentials WHERE expires_at <= 1 ORDER BY expires_at LIMIT 1",
        "SELECT user, publication FROM read_marks WHERE until <= 1 ORDER BY until LIMIT 1",
        "SELECT id, time, until FROM notifications WHERE publication = '' AND until > 1 ORDER BY id DESC LIMIT 1",
        "SELECT user FROM former_members "
            + "WHERE until <= coalesce((SELECT time FROM notifications ORDER BY id LIMIT 1), 1) ORDER BY until LIMIT 1",
        "SELECT time, notification FROM inbox WHERE channel = 1 AND time BETWEEN 1 AND 2 AND until > 1 "
            + "ORDER BY time DESC, notification DESC LIMIT 1",
        "SELECT position FROM channels JOIN publications ON publications.channel = channels.id "
            + "WHERE name = '' AND until > 1 ORDER BY position DESC LIMIT 1",
    ])
    func `no statement scans a table`(sql: String) throws {
        let engine = try self.folder.open()
        // The first notification is that of a scan which goes no further.
        let plan = try engine.plan(sql).replacingOccurrences(of: "SCAN notifications", with: "")
        #expect(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "\(plan)")
        engine.close()
    }

    @Test func `a user's channels are found by index alone`() throws {
        let engine = try self.folder.open()
        let plan = try engine.plan(Database.inboxSpansQuery.replacingOccurrences(of: "?1", with: "'a'"))
        // The one table that is walked is the query's own list of the user's channels.
        let scans = plan.split(separator: "\n").filter { $0.contains("SCAN") }
        #expect(scans.allSatisfy { $0.contains("SCAN spans") }, "\(plan)")
        #expect(plan.contains("COVERING INDEX members_user"), "\(plan)")
        engine.close()
    }

    @Test func `what is too large is the payload's fault, and is not tried again`() async throws {
        var configuration = SQLiteEngineConfiguration()
        configuration.maximumValueByteCount = 65_536
        configuration.maximumQueuedByteCount = 200_000
        let engine = try self.folder.open(configuration)
        for size in [70_000, 300_000] {
            let change = StateChange.append("x", to: "o", data: [UInt8](repeating: 7, count: size))
            #expect(await engine.refusal(of: change) == .invalidPayload)
        }
        #expect(engine.statistics.failures == 2)
        #expect(try await engine.history(of: "o").isEmpty)
        engine.close()
    }
}
