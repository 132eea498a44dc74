// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// An engine that keeps nothing past its process: for tests and benchmarks. It numbers, bounds and answers like one that lasts.
///
/// Without a clock of its own, it takes the time of the last commit for now. Records and waits are not kept at all.
package final class MemoryEngine: Engine {
    private struct State {
        var answers = Answers()
        var history: [ChannelName: [StoredPublication]] = [:]
        var offsets: [ChannelName: UInt64] = [:]
        var inbox = MemoryInbox()
        var credentials: [CredentialKey: StoredCredential] = [:]
        var registrations: [RegistrationKey: StoredRegistration] = [:]
        var webhooks = MemoryWebhooks()
        /// Of the commits so far.
        var now = Timestamp(milliseconds: .min)
        /// Of anything kept.
        var lastTime: Timestamp?

        mutating func apply(_ change: StateChange, at time: Timestamp) {
            self.inbox.apply(change, at: time)
            self.webhooks.apply(change)
            switch change {
            case .append(let publication, let keep, _):
                self.note(publication.time)
                self.append(publication, keep: keep)
            case .deliverToInbox(let publication, _, _): self.note(publication.time)
            case .putCredential(let credential):
                self.credentials[CredentialKey(kind: credential.kind, key: credential.key)] = credential
            case .removeCredential(let kind, let key): self.credentials[CredentialKey(kind: kind, key: key)] = nil
            case .putRegistration(let registration):
                self.registrations[RegistrationKey(kind: registration.kind, key: registration.key)] = registration
            case .removeRegistration(let kind, let key):
                self.registrations[RegistrationKey(kind: kind, key: key)] = nil
            default: break
            }
        }

        mutating func note(_ time: Timestamp) { self.lastTime = self.lastTime.map { max($0, time) } ?? time }

        private mutating func append(_ publication: StoredPublication, keep: Int) {
            var publication = publication
            self.offsets[publication.channel, default: 0] += 1
            publication.offset = self.offsets[publication.channel, default: 0]
            self.history[publication.channel, default: []].append(publication)
            let excess = self.history[publication.channel, default: []].count - max(0, keep)
            if excess > 0 { self.history[publication.channel]?.removeFirst(excess) }
        }
    }

    private struct CredentialKey: Hashable {
        var kind: StoredCredential.Kind
        var key: String
    }

    private struct RegistrationKey: Hashable {
        var kind: StoredRegistration.Kind
        var key: String
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

    package func load() throws -> EngineState {
        self.state.withLock { state in
            var kept = EngineState()
            kept.members = state.inbox.members
            kept.links = state.inbox.parents
            kept.credentials = state.credentials.values.filter { $0.expiresAt > state.now }
                .sorted { $0.expiresAt < $1.expiresAt }
            kept.registrations = state.registrations.values.sorted {
                ($0.kind.rawValue, $0.key) < ($1.kind.rawValue, $1.key)
            }
            (kept.webhookSequence, kept.webhookCounts) = (state.webhooks.sequence, state.webhooks.counts)
            kept.lastTime = state.lastTime
            return kept
        }
    }

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
            state.now = max(state.now, commit.time)
            if !commit.changes.isEmpty { state.note(commit.time) }
            for change in commit.changes { state.apply(change, at: commit.time) }
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
            Array((state.history[channel] ?? []).lazy.filter { $0.offset > offset }.prefix(max(0, limit)))
        }
        completion(.success(found))
    }

    package func newestHistory(
        of channel: ChannelName,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        completion(.success(self.state.withLock { Array(($0.history[channel] ?? []).suffix(max(0, limit))) }))
    }

    package func inbox(
        _ query: InboxQuery,
        completion: @escaping @Sendable (Result<[InboxItem], RequestError>) -> Void
    ) {
        completion(.success(self.state.withLock { $0.inbox.items(for: query, now: $0.now) }))
    }

    package func inboxEntry(
        _ id: String,
        for query: InboxQuery,
        completion: @escaping @Sendable (Result<InboxEntry?, RequestError>) -> Void
    ) {
        completion(.success(self.state.withLock { $0.inbox.entry(id, for: query, now: $0.now) }))
    }

    package func dueWebhooks(
        at now: Timestamp, limit: Int, completion: @escaping @Sendable (Result<WebhookPage, RequestError>) -> Void
    ) {
        completion(.success(self.state.withLock { $0.webhooks.due(at: now, limit: limit) }))
    }

    package func deadWebhooks(
        after sequence: Int64, limit: Int,
        completion: @escaping @Sendable (Result<[DeadWebhook], RequestError>) -> Void
    ) {
        completion(.success(self.state.withLock { $0.webhooks.dead(after: sequence, limit: limit) }))
    }

    package func webhookCounts(completion: @escaping @Sendable (Result<WebhookCounts, RequestError>) -> Void) {
        completion(.success(self.state.withLock { $0.webhooks.counts }))
    }

    package func close() {}
}

extension RequestError {
    /// One idempotency key, two requests.
    package static let idempotencyConflict = RequestError(
        .conflict, "this idempotency key was used before for a different request; use a new key for each publication")
}
