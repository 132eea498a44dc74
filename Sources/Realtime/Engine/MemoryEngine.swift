// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// An engine that keeps nothing past its process: for tests and benchmarks. It numbers, bounds and answers like one that lasts.
package final class MemoryEngine: Engine {
    private struct State {
        var answers = Answers()
        var history: [ChannelName: [StoredPublication]] = [:]
        var offsets: [ChannelName: UInt64] = [:]
    }

    /// What was answered under which key. It has no clock to forget by, so it forgets by number: at least the last 50,000
    /// keys are known, and never more than 100,000.
    private struct Answers {
        private static let generationCount = 50_000

        private var recent: [String: (fingerprint: UInt64, answer: [UInt8])] = [:]
        private var older: [String: (fingerprint: UInt64, answer: [UInt8])] = [:]

        subscript(key: String) -> (fingerprint: UInt64, answer: [UInt8])? { self.recent[key] ?? self.older[key] }

        mutating func keep(_ idempotency: Commit.Idempotency) {
            if self.recent.count == Self.generationCount {
                self.older = self.recent
                self.recent = [:]
            }
            self.recent[idempotency.key] = (idempotency.fingerprint, idempotency.answer)
        }
    }

    private let state = Mutex(State())

    package init() {}

    package func load() throws -> EngineState { EngineState() }

    package func commit(_ commit: Commit, completion: @escaping @Sendable (Result<CommitOutcome, RequestError>) -> Void)
    {
        let outcome: Result<CommitOutcome, RequestError> = self.state.withLock { state in
            if let idempotency = commit.idempotency {
                if let earlier = state.answers[idempotency.key] {
                    guard earlier.fingerprint == idempotency.fingerprint else { return .failure(.idempotencyConflict) }
                    return .success(.duplicate(answer: earlier.answer))
                }
                state.answers.keep(idempotency)
            }
            for case .append(var publication, let keep, _) in commit.changes {
                state.offsets[publication.channel, default: 0] += 1
                publication.offset = state.offsets[publication.channel, default: 0]
                state.history[publication.channel, default: []].append(publication)
                let excess = state.history[publication.channel, default: []].count - keep
                if excess > 0 { state.history[publication.channel]?.removeFirst(excess) }
            }
            return .success(.committed)
        }
        completion(outcome)
    }

    package func history(
        of channel: ChannelName,
        after offset: UInt64,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        let found = self.state.withLock { state in
            Array((state.history[channel] ?? []).lazy.filter { $0.offset > offset }.prefix(limit))
        }
        completion(.success(found))
    }

    package func newestHistory(
        of channel: ChannelName,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        completion(.success(self.state.withLock { Array(($0.history[channel] ?? []).suffix(limit)) }))
    }

    package func inbox(
        _ query: InboxQuery,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        completion(.success([]))
    }

    package func close() {}
}

extension RequestError {
    /// One idempotency key, two requests.
    package static let idempotencyConflict = RequestError(
        .conflict, "this idempotency key was used before for a different request; use a new key for each publication")
}
