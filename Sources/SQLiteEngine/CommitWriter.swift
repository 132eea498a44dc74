// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Realtime

/// Writes what waits in a queue, on the one thread that runs it.
///
/// Everything that waits goes into one transaction, so that one wait for the disk serves all (group commit); each
/// commit has a savepoint in it, so that one which cannot be kept fails alone. Completions run after the transaction,
/// in order.
struct CommitWriter: Sendable {
    /// After a forgetting that failed: commits matter more than tidiness.
    private static let forgettingPauseMilliseconds: Int64 = 60_000
    private static let reclaimingIntervalMilliseconds: Int64 = 1000

    private let pool: DatabasePool
    private let queue: CommitQueue
    private let path: String
    private let maximumGroupCommits: Int
    private let maximumGroupByteCount: Int
    private let clock: any WallClock
    private let log: SQLiteEngine.Log

    /// Whole groups that failed.
    private var failureLog = FailureLog()
    /// Single commits that the database does not take. These have no end to tell.
    private var refusalLog = FailureLog()
    /// The latest time that is known to be on the disk.
    private var lastTime = Timestamp(milliseconds: .min)
    private var forgetsNext = Timestamp(milliseconds: .min)
    private var lastReclaim = Timestamp(milliseconds: .min)

    init(
        pool: DatabasePool,
        queue: CommitQueue,
        path: String,
        configuration: SQLiteEngineConfiguration,
        clock: any WallClock,
        log: @escaping SQLiteEngine.Log
    ) {
        self.pool = pool
        self.queue = queue
        self.path = path
        self.maximumGroupCommits = max(1, configuration.maximumGroupCommits)
        self.maximumGroupByteCount = max(1, configuration.maximumGroupByteCount)
        self.clock = clock
        self.log = log
    }

    /// Returns when the queue is closed and everything in it was answered.
    mutating func run() {
        while true {
            let jobs = self.queue.next()
            if jobs.isEmpty { return }
            var rest = jobs[...]
            while !rest.isEmpty {
                let group = self.firstGroup(of: rest)
                self.write(group)
                rest = rest[group.endIndex...]
            }
        }
    }

    /// Never empty: a commit larger than a group's bytes is a group of its own.
    private func firstGroup(of jobs: ArraySlice<CommitQueue.Job>) -> ArraySlice<CommitQueue.Job> {
        var byteCount = 0
        var end = jobs.startIndex
        while end < jobs.endIndex, end - jobs.startIndex < self.maximumGroupCommits {
            byteCount += jobs[end].byteCount
            if byteCount > self.maximumGroupByteCount, end > jobs.startIndex { break }
            end += 1
        }
        return jobs[..<end]
    }

    private mutating func write(_ group: ArraySlice<CommitQueue.Job>) {
        let now = self.clock.now()
        let start = ContinuousClock.now
        var outcomes: [Result<CommitOutcome, RequestError>] = []
        var duration: Duration?
        var failures = 0
        do {
            outcomes = try self.transact(group, now: now)
            duration = start.duration(to: .now)
            for case .failure(let error) in outcomes where error.code != .conflict { failures += 1 }
        } catch {
            let answer = self.note(error, refused: group.count, now: now)
            outcomes = Array(repeating: .failure(answer), count: group.count)
            failures = group.count
        }
        let byteCount = group.reduce(0) { $0 + $1.byteCount }
        self.queue.settled(count: group.count, byteCount: byteCount, failures: failures, duration: duration)
        for (job, outcome) in zip(group, outcomes) { job.completion(outcome) }
        if duration != nil, let line = self.failureLog.succeeded() { self.log(.notice, line) }
    }

    /// - Returns: one outcome a job, in order; all of them are on the disk.
    private mutating func transact(
        _ group: ArraySlice<CommitQueue.Job>,
        now: Timestamp
    ) throws -> [Result<CommitOutcome, RequestError>] {
        try self.pool.writeWithoutTransaction { db in
            // Left over only if an earlier rollback failed.
            if db.isInsideTransaction { try db.run("ROLLBACK") }
            try db.run("BEGIN IMMEDIATE")
            do {
                var outcomes: [Result<CommitOutcome, RequestError>] = []
                outcomes.reserveCapacity(group.count)
                var latest = self.lastTime
                for job in group {
                    let outcome = try self.apply(job, in: db, now: now)
                    outcomes.append(outcome)
                    if case .success(.committed) = outcome, let time = job.commit.latestTime {
                        latest = max(latest, time)
                    }
                }
                if latest > self.lastTime { try db.note(latest) }
                try self.forget(in: db, after: group.count, now: now)
                try db.run("COMMIT")
                self.lastTime = latest
                return outcomes
            } catch {
                // Some failures have ended the transaction already. What this one says matters less than what went
                // before.
                if db.isInsideTransaction { try? db.run("ROLLBACK") }
                throw error
            }
        }
    }

    private mutating func apply(
        _ job: CommitQueue.Job,
        in db: Database,
        now: Timestamp
    ) throws -> Result<CommitOutcome, RequestError> {
        try db.run("SAVEPOINT one")
        do {
            let outcome = try db.apply(job.commit, now: now)
            try db.run("RELEASE one")
            return outcome
        } catch let error as DatabaseError where error.concernsOneCommit && db.isInsideTransaction {
            try db.run("ROLLBACK TO one")
            try db.run("RELEASE one")
            let words = "a commit cannot be kept in \(self.path): \(error)"
            if let line = self.refusalLog.failed(error.extendedResultCode.rawValue, words, commits: 1, now: now) {
                self.log(.error, line)
            }
            return .failure(error.resultCode == .SQLITE_TOOBIG ? .storageRefusesSize : .storageRefusesValue)
        }
    }

    /// Forgets a little more than a group of this size can have added, so that a backlog goes down under any load.
    private mutating func forget(in db: Database, after count: Int, now: Timestamp) throws {
        guard now >= self.forgetsNext else { return }
        do {
            try db.run("SAVEPOINT forgetting")
            try db.forgetExpired(now: now, limit: 64 + 2 * count)
            try db.run("RELEASE forgetting")
        } catch {
            let pause = now.milliseconds.addingReportingOverflow(Self.forgettingPauseMilliseconds)
            self.forgetsNext = Timestamp(milliseconds: pause.overflow ? .max : pause.partialValue)
            self.log(.warning, "cannot delete what has expired from \(self.path), trying again in a minute: \(error)")
            guard db.isInsideTransaction else { throw error }
            try db.run("ROLLBACK TO forgetting")
            try db.run("RELEASE forgetting")
        }
    }

    /// Logs why a whole group was refused.
    ///
    /// - Returns: what its publishers are told.
    private mutating func note(_ error: any Error, refused count: Int, now: Timestamp) -> RequestError {
        let code = (error as? DatabaseError)?.extendedResultCode.rawValue ?? -1
        let isFull = (error as? DatabaseError)?.resultCode == .SQLITE_FULL
        let words =
            isFull
            ? "no space is left for \(self.path); free some space on its disk: \(error)"
            : "cannot write \(self.path): \(error)"
        if let line = self.failureLog.failed(code, words, commits: count, now: now) { self.log(.error, line) }
        if isFull { self.reclaim(now: now) }
        return isFull ? .storageFull : .storageFailed
    }

    /// Makes what room can be made from inside: expired rows leave their pages to others, and copying the
    /// write-ahead log into the database lets the log be filled from its start again. Failing at either is no news.
    private mutating func reclaim(now: Timestamp) {
        let (elapsed, overflows) = now.milliseconds.subtractingReportingOverflow(self.lastReclaim.milliseconds)
        guard overflows || elapsed.magnitude >= UInt64(Self.reclaimingIntervalMilliseconds) else { return }
        self.lastReclaim = now
        try? self.pool.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try db.forgetExpired(now: now, limit: 1024)
                return .commit
            }
        }
        _ = try? self.pool.writeWithoutTransaction { try $0.checkpoint(.passive) }
    }
}

extension Commit {
    /// Of the commit and of all that it keeps; `nil` when that is nothing.
    fileprivate var latestTime: Timestamp? {
        guard !self.changes.isEmpty else { return nil }
        var latest = self.time
        for change in self.changes {
            switch change {
            case .append(let publication, _, _), .deliverToInbox(let publication, _, _):
                latest = max(latest, publication.time)
            default: break
            }
        }
        return latest
    }
}

extension DatabaseError {
    /// Whether the cause is in the commit and not in the disk or the database.
    fileprivate var concernsOneCommit: Bool {
        switch self.resultCode {
        case .SQLITE_TOOBIG, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_RANGE: true
        default: false
        }
    }
}
