// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import SQLiteEngine
import Testing

@Suite struct SQLiteEngineTests {
    private let folder: EngineFolder

    init() throws { self.folder = try EngineFolder() }

    @Test func `a new database is empty`() throws {
        let state = try self.folder.reload()
        #expect(state.members.isEmpty && state.links.isEmpty && state.records.isEmpty && state.waits.isEmpty)
    }

    @Test func `members are added once, removed and survive a restart`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(.addMembers(channel: "order:1", users: ["b", "a", "b"]))
        try await engine.keep(.addMembers(channel: "order:1", users: ["a", "c"]))
        try await engine.keep(.removeMembers(channel: "order:1", users: ["b", "unknown"]))
        try await engine.keep(
            .addMembers(channel: "order:2", users: ["a"]), .removeMembers(channel: "order:2", users: ["a"]))
        engine.close()
        #expect(try self.folder.reload().members == ["order:1": ["a", "c"]])
    }

    @Test func `setting members replaces them and ends the link`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(
            .addMembers(channel: "chat:1", users: ["a", "b"]), .linkMembers(channel: "chat:1", parent: "order:1"),
            .linkMembers(channel: "chat:2", parent: "order:2"), .linkMembers(channel: "chat:2", parent: "order:3"))
        #expect(try engine.load().links == ["chat:1": "order:1", "chat:2": "order:3"])
        try await engine.keep(.setMembers(channel: "chat:1", users: ["c"]))
        engine.close()
        let state = try self.folder.reload()
        #expect(state.members == ["chat:1": ["c"]])
        #expect(state.links == ["chat:2": "order:3"])
    }

    @Test func `a record is replaced, may be empty, and ends with nil`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(.setRecord(channel: "a", record: [1]), .setRecord(channel: "a", record: [2, 0, 3]))
        try await engine.keep(.setRecord(channel: "b", record: []), .setRecord(channel: "c", record: [1]))
        try await engine.keep(.setRecord(channel: "c", record: nil))
        engine.close()
        #expect(try self.folder.reload().records == ["a": [2, 0, 3], "b": []])
    }

    @Test func `names that differ only after a NUL, or in how an accent is written, stay apart`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(.addMembers(channel: "order:1", users: ["admin", "admin\0x", "", "\u{E9}", "e\u{301}"]))
        engine.close()
        let users = try self.folder.reload().members["order:1"] ?? []
        // Compared by bytes: Swift's own equality of strings does not see the accent's spelling.
        #expect(
            Set(users.map { Array($0.rawValue.utf8) })
                == Set(["admin", "admin\0x", "", "\u{E9}", "e\u{301}"].map { Array($0.utf8) }))
        #expect(users.count == 5)
    }

    @Test func `a hostile name is kept as it is`() async throws {
        let name = "x'); DROP TABLE members; --"
        let engine = try self.folder.open()
        try await engine.keep(.addMembers(channel: ChannelName(name)!, users: [UserID(name)]))
        engine.close()
        #expect(try self.folder.reload().members == [ChannelName(name)!: [UserID(name)]])
    }

    @Test func `RNG-D12 a wait counts an item once, keeps the first due time and the last payload over a restart`()
        async throws
    {
        let wait = WaitKey(event: "rating.submitted", key: "order-1")
        let engine = try self.folder.open()
        try await engine.keep(.addWaitItem(wait: wait, item: "seller", data: [1], due: Timestamp(milliseconds: 7)))
        try await engine.keep(.addWaitItem(wait: wait, item: "buyer", data: [2], due: Timestamp(milliseconds: 8)))
        try await engine.keep(.addWaitItem(wait: wait, item: "buyer", data: [3], due: Timestamp(milliseconds: 8)))
        engine.close()
        let waits = try self.folder.reload().waits
        let kept = try #require(waits.first)
        #expect(waits.count == 1)
        #expect(kept.key == wait && kept.items == ["buyer", "seller"] && kept.data == [3] && !kept.hasEnded)
        #expect(kept.due == Timestamp(milliseconds: 7))
    }

    @Test func `RNG-D12 an ended wait counts nothing until it is forgotten, then begins anew`() async throws {
        let wait = WaitKey(event: "rating.submitted", key: "order-1")
        let due = self.folder.clock.moment(in: 9000)
        let engine = try self.folder.open()
        try await engine.keep(.addWaitItem(wait: wait, item: "seller", data: [1], due: due))
        try await engine.keep(.endWait(wait: wait, forgetAt: self.folder.clock.moment(in: 1000)))
        try await engine.keep(.addWaitItem(wait: wait, item: "buyer", data: [2], due: due))
        let ended = try #require(try engine.load().waits.first)
        #expect(ended.hasEnded && ended.items == [])
        #expect(ended.due == self.folder.clock.moment(in: 1000))

        self.folder.clock.advance(milliseconds: 1000)
        #expect(try engine.load().waits.isEmpty)
        let later = self.folder.clock.moment(in: 9000)
        try await engine.keep(.addWaitItem(wait: wait, item: "buyer", data: [2], due: later))
        let begun = try #require(try engine.load().waits.first)
        #expect(!begun.hasEnded && begun.items == ["buyer"] && begun.data == [2] && begun.due == later)
        engine.close()
    }

    @Test func `a wait that nobody began is remembered when it is ended`() async throws {
        let wait = WaitKey(event: "e", key: "k")
        let engine = try self.folder.open()
        try await engine.keep(.endWait(wait: wait, forgetAt: self.folder.clock.moment(in: 1)))
        #expect(try engine.load().waits.map(\.hasEnded) == [true])
        engine.close()
    }

    @Test func `forgotten waits are deleted by later commits`() async throws {
        let engine = try self.folder.open()
        for number in 0..<10 {
            let wait = WaitKey(event: "e", key: "\(number)")
            try await engine.keep(.endWait(wait: wait, forgetAt: self.folder.clock.moment(in: 1)))
        }
        self.folder.clock.advance(milliseconds: 1)
        try await engine.keep(Commit())
        #expect(try engine.rowCount("waits") == 0)
        engine.close()
    }

    @Test func `everything is in one file once the engine is closed`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(.setRecord(channel: "a", record: [1]))
        #expect(engine.statistics.databaseByteCount > 4096)
        engine.close()
        engine.close()
        #expect(try self.folder.fileNames() == ["platform.db", "platform.db.lock"])
        #expect(self.folder.log.isEmpty)
    }

    @Test func `a closed engine answers everything with storageUnavailable`() async throws {
        let engine = try self.folder.open()
        engine.close()
        #expect(await engine.refusal(of: .setRecord(channel: "a", record: [1])) == .storageUnavailable)
        #expect(throws: SQLiteEngineError.self) { try engine.load() }
        await #expect(throws: RequestError.self) { try await engine.history(of: "a") }
    }

    @Test func `an engine that is let go without being closed finishes what waits and frees its files`() async throws {
        do {
            let engine = try self.folder.open()
            for number in 0..<50 { engine.commit(Commit(changes: [.append("\(number)", to: "a")])) { _ in } }
        }
        let engine = try self.folder.open()
        #expect(try await engine.history(of: "a").count == 50)
        engine.close()
    }

    @Test func `an engine may be closed from a completion`() async throws {
        let engine = try self.folder.open()
        await withCheckedContinuation { continuation in
            engine.commit(Commit()) { _ in
                engine.close()
                continuation.resume()
            }
        }
        engine.close()
        #expect(try self.folder.reload().members.isEmpty)
    }

    @Test func `commits are forced to the disk`() throws {
        let engine = try self.folder.open()
        // 2 is FULL; with a write-ahead log it syncs the log at each commit.
        #expect(try engine.writerSetting("synchronous") == "2")
        #expect(try engine.writerSetting("journal_mode") == "wal")
        engine.close()
    }
}
