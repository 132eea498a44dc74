// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import Realtime

/// An engine whose answers a test gives: at once, later, or not the ones hoped for. What it committed can be loaded again.
final class EngineDouble: Engine {
    private struct Waiting: Sendable {
        var commit: Commit
        var completion: @Sendable (Result<CommitOutcome, RequestError>) -> Void
    }

    private struct State {
        var kept: EngineState
        var isHeld = false
        var failures: [RequestError] = []
        var waiting: [Waiting] = []
        var committed: [Commit] = []
        var answers: [String: (fingerprint: UInt64, answer: [UInt8])] = [:]
        var history: [StoredPublication] = []
        var webhooks = MemoryWebhooks()
        var newestHistoryCount = 0
        var isClosed = false
    }

    private let state: Mutex<State>

    static let fault = RequestError(.storageUnavailable, "the disk is full")

    init(_ kept: EngineState = EngineState()) { self.state = Mutex(State(kept: kept)) }

    /// Lets commits wait for `release`.
    func hold() { self.state.withLock { $0.isHeld = true } }

    /// The next commit to be answered fails.
    func failNext(_ error: RequestError = EngineDouble.fault) { self.state.withLock { $0.failures.append(error) } }

    /// Answers the oldest commits that wait, on the calling thread.
    func release(_ count: Int = .max) {
        for _ in 0..<count {
            let next = self.state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
            guard let next else { return }
            self.answer(next)
        }
    }

    var waitingCount: Int { self.state.withLock { $0.waiting.count } }
    var committed: [Commit] { self.state.withLock { $0.committed } }
    var stored: [StoredPublication] { self.state.withLock { $0.history } }
    var isClosed: Bool { self.state.withLock { $0.isClosed } }

    func load() throws -> EngineState { self.state.withLock { $0.kept } }

    func commit(_ commit: Commit, completion: @escaping @Sendable (Result<CommitOutcome, RequestError>) -> Void) {
        let isHeld = self.state.withLock { state in
            if state.isHeld { state.waiting.append(Waiting(commit: commit, completion: completion)) }
            return state.isHeld
        }
        if !isHeld { self.answer(Waiting(commit: commit, completion: completion)) }
    }

    func history(
        of channel: ChannelName,
        after offset: UInt64,
        limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        completion(.success(self.stored.filter { $0.channel == channel }))
    }

    func newestHistory(
        of channel: ChannelName, limit: Int,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        let found = self.state.withLock { state in
            state.newestHistoryCount += 1
            return Array(state.history.filter { $0.channel == channel }.suffix(limit))
        }
        completion(.success(found))
    }

    /// How often the newest of a history was asked for.
    var newestHistoryCount: Int { self.state.withLock { $0.newestHistoryCount } }

    func inbox(
        _ query: InboxQuery, completion: @escaping @Sendable (Result<[InboxItem], RequestError>) -> Void
    ) {
        completion(.success([]))
    }

    func inboxEntry(
        _ id: String, for query: InboxQuery,
        completion: @escaping @Sendable (Result<InboxEntry?, RequestError>) -> Void
    ) {
        completion(.success(nil))
    }

    func dueWebhooks(
        at now: Timestamp, limit: Int, completion: @escaping @Sendable (Result<WebhookPage, RequestError>) -> Void
    ) {
        completion(.success(self.state.withLock { $0.webhooks.due(at: now, limit: limit) }))
    }

    func deadWebhooks(
        after sequence: Int64, limit: Int,
        completion: @escaping @Sendable (Result<[DeadWebhook], RequestError>) -> Void
    ) {
        completion(.success(self.state.withLock { $0.webhooks.dead(after: sequence, limit: limit) }))
    }

    /// What waits for the backend, and what was given up.
    var webhookCounts: WebhookCounts { self.state.withLock { $0.webhooks.counts } }

    func webhookCounts(completion: @escaping @Sendable (Result<WebhookCounts, RequestError>) -> Void) {
        completion(.success(self.webhookCounts))
    }

    func close() { self.state.withLock { $0.isClosed = true } }

    private func answer(_ waiting: Waiting) {
        let outcome: Result<CommitOutcome, RequestError> = self.state.withLock { state in
            if !state.failures.isEmpty { return .failure(state.failures.removeFirst()) }
            if let key = waiting.commit.idempotency {
                if let earlier = state.answers[key.key] {
                    guard earlier.fingerprint == key.fingerprint else { return .failure(.idempotencyConflict) }
                    return .success(.duplicate(answer: earlier.answer))
                }
                state.answers[key.key] = (key.fingerprint, key.answer)
            }
            state.committed.append(waiting.commit)
            for change in waiting.commit.changes {
                state.kept.apply(change, history: &state.history)
                state.webhooks.apply(change)
            }
            return .success(.committed)
        }
        waiting.completion(outcome)
    }
}

extension EngineState {
    fileprivate mutating func apply(_ change: StateChange, history: inout [StoredPublication]) {
        switch change {
        case .addMembers(let channel, let users): self.members[channel, default: []] += users
        case .removeMembers(let channel, let users): self.members[channel]?.removeAll { users.contains($0) }
        case .setMembers(let channel, let users):
            self.members[channel] = users
            self.links[channel] = nil
        case .linkMembers(let channel, let parent): self.links[channel] = parent
        case .setRecord(let channel, let record): self.records[channel] = record
        case .addWaitItem(let key, let item, let data, let due):
            guard let index = self.waits.firstIndex(where: { $0.key == key }) else {
                return self.waits.append(.init(key: key, items: [item], data: data, due: due, hasEnded: false))
            }
            guard !self.waits[index].hasEnded else { return }
            if !self.waits[index].items.contains(item) { self.waits[index].items.append(item) }
            self.waits[index].data = data
        case .endWait(let key, let forgetAt):
            self.waits.removeAll { $0.key == key }
            self.waits.append(.init(key: key, items: [], data: [], due: forgetAt, hasEnded: true))
        case .append(let publication, _, _): history.append(publication)
        case .putCredential(let credential):
            self.credentials.removeAll { $0.kind == credential.kind && $0.key == credential.key }
            self.credentials.append(credential)
        case .removeCredential(let kind, let key): self.credentials.removeAll { $0.kind == kind && $0.key == key }
        case .putRegistration(let registration):
            self.registrations.removeAll { $0.kind == registration.kind && $0.key == registration.key }
            self.registrations.append(registration)
        case .removeRegistration(let kind, let key):
            self.registrations.removeAll { $0.kind == kind && $0.key == key }
        case .deliverToInbox, .markRead: break
        case .addWebhooks, .settleWebhook, .retryDeadWebhooks, .removeDeadWebhooks: break
        }
    }
}
