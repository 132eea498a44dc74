// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import GRDB
package import Realtime

/// Keeps one platform's state in one SQLite database.
///
/// Durability: a commit is answered after its transaction was forced to the disk (write-ahead log, `synchronous =
/// FULL`). A commit that was refused because the disk failed midway may still be found after a crash; one that was
/// answered always is.
/// Threads: commits are written by one thread, which runs their completions; history and inboxes are read on others,
/// which run theirs. A commit that cannot even wait (see ``SQLiteEngineConfiguration``) takes no effect and is answered before
/// the call returns. While the disk is full or fails, every commit is tried and answered `storageUnavailable`;
/// nothing has to be restarted. Times are compared with the clock given: expired idempotency keys, waits and
/// publications are never answered with, and are deleted in small portions by later commits.
/// Files: the database, `-wal` and `-shm` beside it while it is open, and `.lock`, which keeps a second server out.
package final class SQLiteEngine: Engine {
    package enum Severity: Sendable {
        case notice, warning, error
    }

    /// Called on any thread; must not block, nor call the engine.
    package typealias Log = @Sendable (Severity, String) -> Void

    private let path: String
    /// Not private, so that tests can fill and damage the database from inside.
    let pool: DatabasePool
    private let queue: CommitQueue
    private let reader: StoreReader
    private let clock: any WallClock
    private let log: Log
    /// Left when the writer has let go of everything.
    private let closing = DispatchGroup()

    /// Opens the database, creating it in a folder that exists.
    ///
    /// - Parameter path: the database file's.
    package init(
        path: String,
        configuration: SQLiteEngineConfiguration = SQLiteEngineConfiguration(),
        clock: any WallClock = SystemClock(),
        log: @escaping Log
    ) throws(SQLiteEngineError) {
        let path = try Self.checkedPath(path)
        let lock = try LockFile(for: path)
        let pool = try Self.openPool(at: path, configuration: configuration)
        let queue = CommitQueue(
            maximumCount: configuration.maximumQueuedCommits, maximumByteCount: configuration.maximumQueuedByteCount)
        let reader = StoreReader(
            pool: pool, clock: clock, maximumUnderWay: configuration.maximumQueuedReads, log: log)
        let writer = CommitWriter(
            pool: pool, queue: queue, path: path, configuration: configuration, clock: clock, log: log)
        self.path = path
        self.pool = pool
        self.queue = queue
        self.reader = reader
        self.clock = clock
        self.log = log
        self.closing.enter()
        // The thread holds the parts and not the engine, which may therefore be let go without being closed.
        let thread = Thread { [closing] in
            var writer = writer
            writer.run()
            reader.close()
            Self.close(pool, path: path, log: log)
            lock.release()
            closing.leave()
        }
        thread.name = "sqlite-writer"
        thread.start()
    }

    deinit { self.close() }

    package func load() throws -> EngineState {
        do {
            let now = self.clock.now()
            let (state, skipped) = try self.pool.read { try $0.loadState(now: now) }
            if skipped > 0 {
                self.log(.warning, "\(skipped) rows of \(self.path) name no possible channel and were left out")
            }
            return state
        } catch {
            throw Self.explain(error, path: self.path)
        }
    }

    package func commit(_ commit: Commit, completion: @escaping @Sendable (Result<CommitOutcome, RequestError>) -> Void)
    {
        let job = CommitQueue.Job(commit: commit, byteCount: commit.carriedByteCount, completion: completion)
        if let refusal = self.queue.append(job) { completion(.failure(refusal)) }
    }

    package func history(
        of channel: ChannelName,
        after offset: UInt64,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        // SQLite takes a negative limit for none; so do the two below.
        guard limit > 0 else { return completion(.success([])) }
        self.reader.read(completion: completion) {
            try $0.history(of: channel, after: offset, limit: limit, now: $1)
        }
    }

    package func newestHistory(
        of channel: ChannelName,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        guard limit > 0 else { return completion(.success([])) }
        self.reader.read(completion: completion) { try $0.newestHistory(of: channel, limit: limit, now: $1) }
    }

    package func dueWebhooks(
        at now: Timestamp, limit: Int, completion: @escaping @Sendable (Result<WebhookPage, RequestError>) -> Void
    ) {
        guard limit > 0 else { return completion(.success(WebhookPage())) }
        self.reader.read(completion: completion) { database, _ in try database.dueWebhooks(at: now, limit: limit) }
    }

    package func deadWebhooks(
        after sequence: Int64, limit: Int,
        completion: @escaping @Sendable (Result<[DeadWebhook], RequestError>) -> Void
    ) {
        guard limit > 0 else { return completion(.success([])) }
        self.reader.read(completion: completion) { database, _ in
            try database.deadWebhooks(after: sequence, limit: limit)
        }
    }

    package func webhookCounts(completion: @escaping @Sendable (Result<WebhookCounts, RequestError>) -> Void) {
        self.reader.read(completion: completion) { database, _ in try database.webhookCounts() }
    }

    package func inbox(
        _ query: InboxQuery,
        completion: @escaping @Sendable (Result<[InboxItem], RequestError>) -> Void
    ) {
        guard query.limit > 0 else { return completion(.success([])) }
        self.reader.read(completion: completion) { try $0.inbox(query, now: $1) }
    }

    package func inboxEntry(
        _ id: String,
        for query: InboxQuery,
        completion: @escaping @Sendable (Result<InboxEntry?, RequestError>) -> Void
    ) {
        self.reader.read(completion: completion) { try $0.inboxEntry(id, for: query, now: $1) }
    }

    /// Idempotent. From a commit's completion it returns at once, and the rest happens after that completion.
    package func close() {
        self.queue.close()
        if !self.queue.isCalledByWriter { self.closing.wait() }
    }

    /// Counters at this moment. Asks the file system for two sizes; not for the hot path.
    package var statistics: SQLiteEngineStatistics {
        var statistics = self.queue.statistics
        for file in [self.path, self.path + "-wal"] {
            let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
            statistics.databaseByteCount += size?.uint64Value ?? 0
        }
        return statistics
    }

    /// Leaves one file with everything in it.
    private static func close(_ pool: DatabasePool, path: String, log: Log) {
        do {
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        } catch {
            log(.warning, "the write-ahead log of \(path) is left for the next start: \(error)")
        }
        do {
            try pool.close()
        } catch {
            log(.warning, "\(path) was not closed cleanly: \(error)")
        }
    }
}
