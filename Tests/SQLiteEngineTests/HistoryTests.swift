// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Realtime
import SQLiteEngine
import Testing

@Suite struct HistoryTests {
    private let folder: EngineFolder

    init() throws { self.folder = try EngineFolder() }

    @Test func `each channel counts its publications from 1 and gives back what was kept`() async throws {
        let engine = try self.folder.open()
        let publication = StoredPublication(
            channel: "order:1", offset: 99, id: "id\0z", event: "é", time: Timestamp(milliseconds: -5), data: [0, 255])
        try await engine.keep(.append(publication, keep: 10, until: Timestamp(milliseconds: .max)))
        try await engine.keep(.append("x", to: "order:2"), .append("y", to: "order:1", data: []))
        var expected = publication
        expected.offset = 1
        let found = try await engine.history(of: "order:1")
        #expect(found.first == expected)
        #expect(found.map(\.offset) == [1, 2] && found.last?.data == [])
        #expect(try await engine.history(of: "order:2").map(\.offset) == [1])
        #expect(try await engine.history(of: "order:3").isEmpty)
        engine.close()
    }

    @Test func `history begins after the given offset and ends at the limit`() async throws {
        let engine = try self.folder.open()
        for id in ["a", "b", "c", "d"] { try await engine.keep(.append(id, to: "o")) }
        #expect(try await engine.history(of: "o", after: 1, limit: 2).map(\.id) == ["b", "c"])
        #expect(try await engine.history(of: "o", after: 4).isEmpty)
        engine.close()
    }

    @Test(arguments: [(.max, 1), (0, 0), (0, -1), (0, .min), (UInt64(Int64.max), .max)] as [(UInt64, Int)])
    func `extreme offsets and limits find nothing`(offset: UInt64, limit: Int) async throws {
        let engine = try self.folder.open()
        try await engine.keep(.append("a", to: "o"))
        #expect(try await engine.history(of: "o", after: offset, limit: limit).isEmpty)
        engine.close()
    }

    @Test func `a limit without end gives everything`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(.append("a", to: "o"), .append("b", to: "o"))
        #expect(try await engine.history(of: "o", limit: .max).count == 2)
        engine.close()
    }

    @Test func `at most keep publications stay and offsets go on over trimming and restarts`() async throws {
        var engine = try self.folder.open()
        for id in ["a", "b", "c"] { try await engine.keep(.append(id, to: "o", keep: 2)) }
        #expect(try await engine.history(of: "o").map(\.offset) == [2, 3])
        try await engine.keep(.append("d", to: "o", keep: 0))
        #expect(try await engine.history(of: "o").isEmpty)
        try await engine.keep(.append("e", to: "o", keep: Int.min))
        engine.close()
        engine = try self.folder.open()
        try await engine.keep(.append("f", to: "o", keep: Int.max))
        #expect(try await engine.history(of: "o").map(\.offset) == [6])
        engine.close()
    }

    @Test func `a publication is not found beyond its time, and deleted by later commits`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(.append("a", to: "o", until: self.folder.clock.moment(in: 10)))
        try await engine.keep(.append("b", to: "o", until: self.folder.clock.moment(in: 20)))
        self.folder.clock.advance(milliseconds: 10)
        #expect(try await engine.history(of: "o").map(\.id) == ["b"])
        #expect(try engine.rowCount("publications") == 2)
        try await engine.keep(Commit())
        #expect(try engine.rowCount("publications") == 1)
        engine.close()
    }

    @Test func `a long backlog of expired publications goes in portions`() async throws {
        let engine = try self.folder.open()
        let changes = (0..<500).map {
            StateChange.append("\($0)", to: "o", keep: 1000, until: self.folder.clock.moment(in: 1))
        }
        try await engine.keep(Commit(changes: changes))
        self.folder.clock.advance(milliseconds: 1)
        try await engine.keep(Commit())
        #expect((400..<500).contains(try engine.rowCount("publications")))
        for _ in 0..<10 { try await engine.keep(Commit()) }
        #expect(try engine.rowCount("publications") == 0)
        engine.close()
    }

    @Test func `reading does not wait for the writer, and sees every answered commit`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(.append("a", to: "o"))
        let found: Int? = await withCheckedContinuation { continuation in
            // Held inside a completion, the writer can do nothing until the read has come back.
            engine.commit(Commit(changes: [.append("b", to: "o")])) { _ in
                let done = DispatchSemaphore(value: 0)
                engine.history(of: "o", after: 0, limit: 10) { result in
                    continuation.resume(returning: try? result.get().count)
                    done.signal()
                }
                done.wait()
            }
        }
        #expect(found == 2)
        engine.close()
    }

    @Test func `reads past the bound are answered at once`() async throws {
        var configuration = SQLiteEngineConfiguration()
        configuration.maximumQueuedReads = 1
        let engine = try self.folder.open(configuration)
        let codes = await withCheckedContinuation { continuation in
            engine.history(of: "o", after: 0, limit: 1) { _ in
                // The first read is under way until this returns, so the second finds no place and answers here.
                engine.history(of: "o", after: 0, limit: 1) { result in
                    guard case .failure(let error) = result else {
                        return continuation.resume(returning: nil as RequestError.Code?)
                    }
                    continuation.resume(returning: error.code)
                }
            }
        }
        #expect(codes == .storageUnavailable)
        engine.close()
    }

    @Test(arguments: [
        "SELECT idempotency_key FROM idempotency WHERE expires_at <= 1 ORDER BY expires_at LIMIT 1",
        "SELECT id FROM waits WHERE forget_at <= 1 ORDER BY forget_at LIMIT 1",
        """
        DELETE FROM publications WHERE (channel, position) IN (
            SELECT channel, position FROM publications WHERE until <= 1 ORDER BY until LIMIT 1)
        """,
        """
        SELECT position FROM channels JOIN publications ON publications.channel = channels.id
        WHERE name = '' ORDER BY position
        """,
    ])
    func `no statement scans a table`(sql: String) throws {
        let engine = try self.folder.open()
        let plan = try engine.plan(sql)
        #expect(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "\(plan)")
        engine.close()
    }
}
