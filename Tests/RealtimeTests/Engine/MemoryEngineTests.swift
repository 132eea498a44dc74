// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

@Suite struct MemoryEngineTests {
    private let engine = MemoryEngine()
    private let feed = ChannelName(known: "feed:1")

    private func append(_ id: String, keep: Int = 2) -> StateChange {
        let publication = StoredPublication(
            channel: self.feed, offset: 0, id: id, event: "e", time: ManualClock.start, data: Array("1".utf8))
        return .append(publication, keep: keep, until: ManualClock.start)
    }

    private func history(after offset: UInt64, limit: Int = 10) -> [StoredPublication] {
        let found = Mutexed<[StoredPublication]>([])
        self.engine.history(of: self.feed, after: offset, limit: limit) { result in
            found.change { $0 = (try? result.get()) ?? [] }
        }
        return found.value
    }

    @Test func `history is numbered from one and bounded`() {
        self.engine.commit(Commit(changes: [self.append("a"), self.append("b"), self.append("c")])) { _ in }
        #expect(self.history(after: 0).map(\.id) == ["b", "c"])
        #expect(self.history(after: 0).map(\.offset) == [2, 3])
        #expect(self.history(after: 2).map(\.id) == ["c"])
        #expect(self.history(after: 0, limit: 1).map(\.id) == ["b"])
        #expect(self.history(after: 3).isEmpty)
    }

    @Test func `a key repeated is answered like the first time, and used for something else a conflict`() {
        func outcome(_ fingerprint: UInt64, _ answer: String) -> String {
            let text = Mutexed("")
            let key = Commit.Idempotency(
                key: "k", fingerprint: fingerprint, expiresAt: ManualClock.start, answer: Array(answer.utf8))
            self.engine.commit(Commit(idempotency: key, changes: [self.append(answer)])) { result in
                text.change {
                    switch result {
                    case .success(.committed): $0 = "committed"
                    case .success(.duplicate(let answer)): $0 = String(decoding: answer, as: UTF8.self)
                    case .failure(let error): $0 = error.code.rawValue
                    }
                }
            }
            return text.value
        }
        #expect(outcome(1, "first") == "committed")
        #expect(outcome(1, "second") == "first")
        #expect(outcome(2, "third") == "conflict")
        #expect(self.history(after: 0).map(\.id) == ["first"])
    }

    @Test func `keys are bounded, and the latest are known`() {
        let duplicates = Mutexed<[String]>([])
        func use(_ number: Int) {
            let key = Commit.Idempotency(key: "k\(number)", fingerprint: 1, expiresAt: ManualClock.start, answer: [])
            self.engine.commit(Commit(idempotency: key)) { result in
                if case .success(.duplicate) = result { duplicates.change { $0.append("k\(number)") } }
            }
        }
        for number in 0...100_000 { use(number) }
        for number in [0, 50_001, 100_000] { use(number) }
        #expect(duplicates.value == ["k50001", "k100000"])
    }
}
