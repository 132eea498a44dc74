// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import GRDB
import Realtime
import Synchronization

/// Reads history on connections of its own, beside the writer, each read in the snapshot of the last commit.
///
/// Bounded by the reads that wait or are under way. Completions run on the reading connection's queue.
final class HistoryReader: Sendable {
    private struct State {
        var underWay = 0
        var isClosed = false
    }

    private let pool: DatabasePool
    private let clock: any WallClock
    private let maximumUnderWay: Int
    private let log: SQLiteEngine.Log
    private let state = Mutex(State())
    /// Left by each read when its completion has run.
    private let reads = DispatchGroup()
    private let failures = Mutex(FailureLog())

    init(pool: DatabasePool, clock: any WallClock, maximumUnderWay: Int, log: @escaping SQLiteEngine.Log) {
        self.pool = pool
        self.clock = clock
        self.maximumUnderWay = max(1, maximumUnderWay)
        self.log = log
    }

    func read(
        _ channel: ChannelName,
        after offset: UInt64,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        // SQLite takes a negative limit for none.
        guard limit > 0 else { return completion(.success([])) }
        if let refusal = self.enter() { return completion(.failure(refusal)) }
        self.pool.asyncRead { result in
            completion(self.publications(in: result, channel, after: offset, limit: limit))
            self.leave()
        }
    }

    private func publications(
        in connection: Result<Database, any Error>,
        _ channel: ChannelName,
        after offset: UInt64,
        limit: Int
    ) -> Result<[StoredPublication], RequestError> {
        do {
            let found = try connection.get()
                .history(of: channel, after: offset, limit: limit, now: self.clock.now())
            return .success(found)
        } catch {
            let code = (error as? DatabaseError)?.extendedResultCode.rawValue ?? -1
            let now = self.clock.now()
            let line = self.failures.withLock { $0.failed(code, "cannot read history: \(error)", commits: 1, now: now) }
            if let line { self.log(.error, line) }
            return .failure(.historyFailed)
        }
    }

    private func enter() -> RequestError? {
        self.state.withLock { state in
            if state.isClosed { return .storageClosed }
            guard state.underWay < self.maximumUnderWay else { return .historyOverloaded }
            state.underWay += 1
            // Inside the lock: whoever closes then waits for this read as well.
            self.reads.enter()
            return nil
        }
    }

    private func leave() {
        self.state.withLock { $0.underWay -= 1 }
        self.reads.leave()
    }

    /// Takes no more reads, and waits for those under way.
    func close() {
        self.state.withLock { $0.isClosed = true }
        self.reads.wait()
    }
}
