// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import SQLiteEngine
import Synchronization
import Testing

@Suite struct IdempotencyTests {
    private let folder: EngineFolder

    init() throws { self.folder = try EngineFolder() }

    private func key(_ key: String, _ fingerprint: UInt64 = .max, lasting: Int64 = 1000) -> Commit.Idempotency {
        Commit.Idempotency(
            key: key, fingerprint: fingerprint, expiresAt: self.folder.clock.moment(in: lasting),
            answer: Array("first".utf8))
    }

    @Test func `the same request with the same key changes nothing and gets the first answer, after a restart too`()
        async throws
    {
        var engine = try self.folder.open()
        let first = try await engine.keep(.append("a", to: "o"), idempotency: self.key("k"))
        #expect(first.earlierAnswer == nil)
        #expect(
            try await engine.keep(.append("b", to: "o"), idempotency: self.key("k")).earlierAnswer
                == Array("first".utf8))
        engine.close()
        engine = try self.folder.open()
        #expect(
            try await engine.keep(.append("c", to: "o"), idempotency: self.key("k")).earlierAnswer
                == Array("first".utf8))
        #expect(try await engine.history(of: "o").map(\.id) == ["a"])
        engine.close()
    }

    @Test func `another request with the same key is a conflict and changes nothing`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(.append("a", to: "o"), idempotency: self.key("k", 1))
        let error = await #expect(throws: RequestError.self) {
            try await engine.keep(.append("b", to: "o"), idempotency: self.key("k", 2))
        }
        #expect(error?.code == .conflict)
        #expect(try await engine.history(of: "o").map(\.id) == ["a"])
        #expect(engine.statistics.failures == 0)
        engine.close()
    }

    @Test func `a key may be used anew once it has expired, and is deleted by later commits`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(.append("a", to: "o"), idempotency: self.key("k", 1))
        try await engine.keep(Commit(idempotency: self.key("other")))
        self.folder.clock.advance(milliseconds: 999)
        #expect(try await engine.keep(.append("b", to: "o"), idempotency: self.key("k", 1)).earlierAnswer != nil)
        self.folder.clock.advance(milliseconds: 1)
        #expect(try await engine.keep(.append("c", to: "o"), idempotency: self.key("k", 2)).earlierAnswer == nil)
        #expect(try await engine.history(of: "o").map(\.id) == ["a", "c"])
        #expect(try engine.rowCount("idempotency") == 1)
        engine.close()
    }

    @Test func `duplicates and conflicts within one group are told apart as well`() throws {
        let engine = try self.folder.open()
        let outcomes = Mutex<[String]>([])
        let gate = WriterGate(holding: engine)
        for fingerprint: UInt64 in [1, 1, 2] {
            engine.commit(Commit(idempotency: self.key("k", fingerprint), changes: [.append("x", to: "o")])) { result in
                let word =
                    switch result {
                    case .success(.committed): "committed"
                    case .success(.duplicate(let answer)): String(decoding: answer, as: UTF8.self)
                    case .failure(let error): error.code.rawValue
                    }
                outcomes.withLock { $0.append(word) }
            }
        }
        gate.open()
        engine.close()
        #expect(outcomes.withLock { $0 } == ["committed", "first", "conflict"])
        #expect(engine.statistics.transactions == 2)
    }

    @Test func `a commit that cannot be kept leaves its key free`() async throws {
        var configuration = SQLiteEngineConfiguration()
        configuration.maximumValueByteCount = 65_536
        let engine = try self.folder.open(configuration)
        let large = StateChange.setRecord(channel: "r", record: [UInt8](repeating: 1, count: 70_000))
        await #expect(throws: RequestError.self) { try await engine.keep(large, idempotency: self.key("k")) }
        #expect(try await engine.keep(.append("a", to: "o"), idempotency: self.key("k")).earlierAnswer == nil)
        engine.close()
    }
}
