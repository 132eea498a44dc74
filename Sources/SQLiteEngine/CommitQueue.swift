// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Realtime
import Synchronization

/// Where commits wait for the writer, and what is counted about them.
///
/// Order: first in, first out. Bounded by number and bytes of what has not been answered yet, what is being
/// written included.
/// Guarded by its own mutex; `next` is the writer thread's alone.
final class CommitQueue: Sendable {
    struct Job: Sendable {
        let commit: Commit
        let byteCount: Int
        let completion: @Sendable (Result<CommitOutcome, RequestError>) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var isWriterAsleep = false
        var isClosed = false
        var writer: ObjectIdentifier?
        var statistics = SQLiteEngineStatistics()
    }

    private let maximumCount: Int
    private let maximumByteCount: Int
    private let state = Mutex(State())
    /// Signalled when a sleeping writer has something to do. A mutex has no condition to wait for.
    private let wake = DispatchSemaphore(value: 0)

    init(maximumCount: Int, maximumByteCount: Int) {
        self.maximumCount = max(1, maximumCount)
        self.maximumByteCount = max(1, maximumByteCount)
    }

    /// - Returns: why the job was not taken; its completion is then the caller's to run. `nil` when it was taken.
    func append(_ job: Job) -> RequestError? {
        let (refusal, mustWake) = self.state.withLock { state -> (RequestError?, Bool) in
            if let refusal = self.refusal(of: job, in: state) {
                state.statistics.failures += 1
                return (refusal, false)
            }
            state.waiting.append(job)
            state.statistics.queuedCommits += 1
            state.statistics.queuedByteCount += job.byteCount
            let wasAsleep = state.isWriterAsleep
            state.isWriterAsleep = false
            return (nil, wasAsleep)
        }
        if mustWake { self.wake.signal() }
        return refusal
    }

    private func refusal(of job: Job, in state: State) -> RequestError? {
        if state.isClosed { return .storageClosed }
        if job.byteCount > self.maximumByteCount { return .storageRefusesSize }
        // Both sides are at most the bound, so the sum cannot overflow.
        let isFull =
            state.statistics.queuedCommits >= self.maximumCount
            || state.statistics.queuedByteCount > self.maximumByteCount - job.byteCount
        return isFull ? .storageOverloaded : nil
    }

    /// Everything that waits, in order. Blocks while that is nothing; empty when the queue is closed and all was
    /// handed out.
    func next() -> [Job] {
        while true {
            let jobs = self.state.withLock { state -> [Job]? in
                state.writer = ObjectIdentifier(Thread.current)
                guard state.waiting.isEmpty else {
                    let jobs = state.waiting
                    state.waiting = []
                    return jobs
                }
                guard !state.isClosed else { return [] }
                state.isWriterAsleep = true
                return nil
            }
            if let jobs { return jobs }
            self.wake.wait()
        }
    }

    /// Notes that jobs handed out earlier have their outcome. `duration` is that of their transaction if it was kept.
    func settled(count: Int, byteCount: Int, failures: Int, duration: Duration?) {
        self.state.withLock { state in
            state.statistics.queuedCommits -= count
            state.statistics.queuedByteCount -= byteCount
            state.statistics.failures += UInt64(failures)
            state.statistics.commits += UInt64(count - failures)
            guard let duration else { return }
            state.statistics.transactions += 1
            state.statistics.lastTransactionDuration = duration
        }
    }

    /// Takes nothing more. Idempotent.
    func close() {
        let mustWake = self.state.withLock { state in
            state.isClosed = true
            let wasAsleep = state.isWriterAsleep
            state.isWriterAsleep = false
            return wasAsleep
        }
        if mustWake { self.wake.signal() }
    }

    /// Whether the caller is the writer, who must not wait for itself.
    var isCalledByWriter: Bool {
        let caller = ObjectIdentifier(Thread.current)
        return self.state.withLock { $0.writer == caller }
    }

    /// Without `databaseByteCount`, which is not known here.
    var statistics: SQLiteEngineStatistics { self.state.withLock { $0.statistics } }
}

extension Commit {
    /// What the commit carries, in bytes, with a flat 64 for each part; a measure for bounds, not for memory.
    var carriedByteCount: Int {
        var count = 64
        if let idempotency { count += 64 + idempotency.key.utf8.count + idempotency.answer.count }
        for change in self.changes {
            count += 64
            switch change {
            case .addMembers(let channel, let users), .removeMembers(let channel, let users),
                .setMembers(let channel, let users):
                count += channel.rawValue.utf8.count
                for user in users { count += 16 + user.rawValue.utf8.count }
            case .linkMembers(let channel, let parent):
                count += channel.rawValue.utf8.count + parent.rawValue.utf8.count
            case .setRecord(let channel, let record):
                count += channel.rawValue.utf8.count + (record?.count ?? 0)
            case .addWaitItem(let wait, let item, let data, _):
                count += wait.event.utf8.count + wait.key.utf8.count + item.utf8.count + data.count
            case .endWait(let wait, _):
                count += wait.event.utf8.count + wait.key.utf8.count
            case .markRead(let publication, let user, _):
                count += 64 + publication.utf8.count + user.rawValue.utf8.count
            case .putCredential(let credential): count += 128 + credential.content.count
            case .removeCredential(_, let key), .removeRegistration(_, let key): count += key.utf8.count
            case .putRegistration(let registration): count += 128 + registration.content.count
            case .addWebhooks(let webhooks):
                for webhook in webhooks { count += 64 + 2 * webhook.line.utf8.count + webhook.body.count }
            case .settleWebhook(_, let outcome, _):
                if case .dead(let reason, _) = outcome { count += reason.utf8.count }
            case .retryDeadWebhooks(let sequences, _), .removeDeadWebhooks(let sequences):
                count += 16 * sequences.count
            case .append(let publication, _, _): count += publication.carriedByteCount
            case .deliverToInbox(let publication, let audiences, _):
                count += publication.carriedByteCount
                for channel in audiences { count += 16 + channel.rawValue.utf8.count }
            }
        }
        return count
    }
}

extension StoredPublication {
    fileprivate var carriedByteCount: Int {
        self.channel.rawValue.utf8.count + self.id.utf8.count + self.event.utf8.count + self.data.count
    }
}
