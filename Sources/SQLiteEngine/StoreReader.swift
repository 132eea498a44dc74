// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import GRDB
import Realtime
import Synchronization

/// Reads on connections of its own, beside the writer, each read in the snapshot of the last commit.
///
/// Bounded by the reads that wait or are under way. Completions run on the reading connection's queue.
final class StoreReader: Sendable {
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

    /// - Parameter query: reads what is not past its time at the moment given.
    func read<Value>(
        completion: @escaping @Sendable (Result<Value, RequestError>) -> Void,
        _ query: @escaping @Sendable (Database, Timestamp) throws -> Value
    ) {
        if let refusal = self.enter() { return completion(.failure(refusal)) }
        self.pool.asyncRead { connection in
            let now = self.clock.now()
            completion(Result { try query(connection.get(), now) }.mapError { self.note($0, now: now) })
            self.leave()
        }
    }

    /// Logs why a read failed.
    ///
    /// - Returns: what its asker is told.
    private func note(_ error: any Error, now: Timestamp) -> RequestError {
        let code = (error as? DatabaseError)?.extendedResultCode.rawValue ?? -1
        let line = self.failures.withLock {
            $0.failed(code, "cannot read the database: \(error)", commits: 1, now: now)
        }
        if let line { self.log(.error, line) }
        return .readFailed
    }

    private func enter() -> RequestError? {
        self.state.withLock { state in
            if state.isClosed { return .storageClosed }
            guard state.underWay < self.maximumUnderWay else { return .readsOverloaded }
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
