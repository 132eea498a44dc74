// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Realtime
import SQLiteEngine
import Synchronization
import Testing

@Suite struct GroupCommitTests {
    private let folder: EngineFolder

    init() throws { self.folder = try EngineFolder() }

    @Test func `commits that wait share one transaction`() throws {
        let engine = try self.folder.open()
        let gate = WriterGate(holding: engine)
        for number in 0..<100 { engine.commit(Commit(changes: [.append("\(number)", to: "o")])) { _ in } }
        #expect(engine.statistics.queuedCommits == 100)
        gate.open()
        engine.close()
        #expect(engine.statistics.transactions == 2)
        #expect(engine.statistics.commits == 101)
        #expect(engine.statistics.queuedCommits == 0 && engine.statistics.queuedByteCount == 0)
        #expect(engine.statistics.lastTransactionDuration > .zero)
    }

    @Test func `a group ends at its bounds and a commit larger than a group stands alone`() throws {
        var configuration = SQLiteEngineConfiguration()
        configuration.maximumGroupCommits = 2
        configuration.maximumGroupByteCount = 1000
        let engine = try self.folder.open(configuration)
        let gate = WriterGate(holding: engine)
        let order = Mutex<[Int]>([])
        // Two small, one large, one small: 2 + 1 + 1.
        for (number, size) in [10, 10, 5000, 10].enumerated() {
            engine.commit(Commit(changes: [.append("x", to: "o", data: [UInt8](repeating: 0, count: size))])) { _ in
                order.withLock { $0.append(number) }
            }
        }
        gate.open()
        engine.close()
        #expect(engine.statistics.transactions == 4)
        #expect(order.withLock { $0 } == [0, 1, 2, 3])
    }

    @Test func `one commit that cannot be kept fails alone`() throws {
        var configuration = SQLiteEngineConfiguration()
        configuration.maximumValueByteCount = 65_536
        let engine = try self.folder.open(configuration)
        let gate = WriterGate(holding: engine)
        let codes = Mutex<[RequestError.Code?]>([])
        for size in [10, 70_000, 10] {
            let commit = Commit(changes: [
                .append("x", to: "o"), .setRecord(channel: "r\(size)", record: [UInt8](repeating: 0, count: size)),
            ])
            engine.commit(commit) { result in
                guard case .failure(let error) = result else { return codes.withLock { $0.append(nil) } }
                codes.withLock { $0.append(error.code) }
            }
        }
        gate.open()
        engine.close()
        #expect(codes.withLock { $0 } == [nil, .invalidPayload, nil])
        #expect(engine.statistics.transactions == 2 && engine.statistics.failures == 1)
        #expect(self.folder.log.count == 1 && self.folder.log[0].contains("too big"), "\(self.folder.log)")
        #expect(try self.folder.reload().records.keys.map(\.rawValue) == ["r10"])
    }

    @Test func `commits past the bound in number are answered at once and never kept`() throws {
        var configuration = SQLiteEngineConfiguration()
        configuration.maximumQueuedCommits = 3
        try self.expectThree(of: 5, size: 1, kept: configuration)
    }

    @Test func `commits past the bound in bytes are answered at once and never kept`() throws {
        var configuration = SQLiteEngineConfiguration()
        configuration.maximumQueuedByteCount = 4000
        try self.expectThree(of: 5, size: 1000, kept: configuration)
    }

    private func expectThree(of count: Int, size: Int, kept configuration: SQLiteEngineConfiguration) throws {
        let engine = try self.folder.open(configuration)
        let gate = WriterGate(holding: engine)
        let refused = Mutex<[Int]>([])
        for number in 0..<count {
            let commit = Commit(changes: [.append("\(number)", to: "o", data: [UInt8](repeating: 0, count: size))])
            engine.commit(commit) { result in
                guard case .failure(let error) = result, error.code == .storageUnavailable else { return }
                refused.withLock { $0.append(number) }
            }
        }
        #expect(refused.withLock { $0 } == [3, 4])
        gate.open()
        engine.close()
        #expect(refused.withLock { $0 } == [3, 4])
        #expect(engine.statistics.failures == 2 && engine.statistics.commits == 4)
    }

    @Test func `commits of eight threads keep the order of each`() throws {
        let engine = try self.folder.open()
        let answered = Mutex<[Int: [Int]]>([:])
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<200 {
                engine.commit(Commit(changes: [.append("\(thread)/\(number)", to: "o", keep: 2000)])) { result in
                    guard case .success = result else { return }
                    answered.withLock { $0[thread, default: []].append(number) }
                }
            }
        }
        engine.close()
        for thread in 0..<8 { #expect(answered.withLock { $0[thread] } == Array(0..<200)) }
        #expect(engine.statistics.transactions < 1600)

        let found = Mutex<[StoredPublication]>([])
        let reopened = try self.folder.open()
        reopened.history(of: "o", after: 0, limit: 2000) { result in
            found.withLock { $0 = (try? result.get()) ?? [] }
        }
        reopened.close()
        let kept = found.withLock { $0 }
        #expect(kept.map(\.offset) == Array(1...1600))
        for thread in 0..<8 {
            #expect(
                kept.map(\.id).filter { $0.hasPrefix("\(thread)/") } == (0..<200).map { "\(thread)/\($0)" })
        }
    }
}
