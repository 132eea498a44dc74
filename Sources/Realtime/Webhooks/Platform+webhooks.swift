// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Synchronization

/// What the platform's backend is told: noted where it happens, kept by the next commit, delivered by the ``WebhookDispatcher``.
extension Platform {
    /// Milliseconds after which a store that took nothing is tried again.
    private static let storePause: Int64 = 1000
    private static let countInterval: TimeAmount = .seconds(60)

    /// Lets the rules hold from now on, and goes on with what waits. Also after each reload, which may have brought another address.
    func startWebhooks() {
        let rules = self.definition.webhooks
        self.webhooks.setKinds(rules?.kinds ?? [])
        guard rules != nil, let loop = self.eventLoops.first else { return }
        loop.execute { self.webhookDispatcher?.look() }
        guard !self.hasStartedWebhooks.exchange(true, ordering: .relaxed) else { return }
        loop.scheduleRepeatedTask(initialDelay: Self.countInterval, delay: Self.countInterval) { [weak self] task in
            guard let self, !self.isClosed else { return task.cancel() }
            self.countWebhooks()
        }
    }

    package var webhookFigures: WebhookFigures { self.webhooks.figures }

    /// Counts what the store has: what was given up may have been forgotten there.
    private func countWebhooks() {
        self.engine.webhookCounts { result in
            guard case .success(let counts) = result else { return }
            self.webhooks.count { ($0.waiting, $0.dead) = (counts.waiting, counts.dead) }
        }
    }

    // MARK: What happens

    /// Notes what happens to a connection. Costs a look at a number where nobody wants to know.
    func note(_ kind: WebhookEvent.Kind, of session: Session, in channel: ChannelName? = nil) {
        guard self.webhooks.tells(kind) else { return }
        self.note(
            WebhookEvent(
                kind: kind, time: self.clock.now(), identity: session.identity, connection: session.port.number,
                channel: channel))
    }

    /// Notes that a user came or went: altogether, or in a channel.
    func notePresence(of identity: Identity, isOnline: Bool, in channel: ChannelName? = nil) {
        let kind: WebhookEvent.Kind = isOnline ? .presenceOnline : .presenceOffline
        guard self.webhooks.tells(kind), channel.map(self.tellsBackend) ?? true else { return }
        self.note(WebhookEvent(kind: kind, time: self.clock.now(), identity: identity, channel: channel))
    }

    private func note(_ event: WebhookEvent) {
        if self.append(event) { self.wakeWebhooks() }
    }

    /// For callers that hold a lock.
    ///
    /// - Returns: whether ``wakeWebhooks()`` is to be called.
    func append(_ event: WebhookEvent) -> Bool {
        let (mustWake, isFirstLoss) = self.webhooks.append(event)
        if isFirstLoss { self.report("events for the backend are lost: the store takes none, and too many wait") }
        return mustWake
    }

    func wakeWebhooks() { self.eventLoops[0].execute { self.keepWebhooks() } }

    /// Whether the backend is told what happens in a channel.
    func tellsBackend(of channel: ChannelName) -> Bool {
        let definition = self.definition
        guard let rules = definition.webhooks, let match = definition.match(channel.rawValue) else { return false }
        return rules.concerns(match.rules)
    }

    /// Whether the first and the last subscription of a channel are told.
    ///
    /// - Parameter remaining: subscriptions that the loop has after a change; with more than one it was neither.
    func tellsOccupancy(of channel: ChannelName, remaining: Int) -> Bool {
        guard remaining <= 1, self.webhooks.tells(.channelOccupied) || self.webhooks.tells(.channelVacated) else {
            return false
        }
        return self.tellsBackend(of: channel)
    }

    /// - Returns: as `append`. Called under the platform's lock, so that a channel's events are in their order.
    func note(_ change: Sequencer.Occupancy, of channel: ChannelName, at time: Timestamp) -> Bool {
        let kind: WebhookEvent.Kind = change == .occupied ? .channelOccupied : .channelVacated
        return self.webhooks.tells(kind) && self.append(WebhookEvent(kind: kind, time: time, channel: channel))
    }

    // MARK: Keeping

    /// Keeps what was noted, a batch after the other.
    private func keepWebhooks() {
        guard !self.isClosed else { return }
        let batch = self.webhooks.take(self.definition)
        if batch.isEmpty { return }
        self.change([.addWebhooks(batch)]) { result in
            let loop = self.eventLoops[0]
            guard case .failure(let error) = result else {
                self.webhooks.count { $0.waiting += batch.count }
                if !self.mayReportStore.exchange(true, ordering: .relaxed) {
                    self.report("events for the backend are kept again")
                }
                let lossCount = self.webhooks.takeLossCount()
                if lossCount > 0 { self.report("\(lossCount) events for the backend were lost") }
                return loop.execute {
                    self.webhookDispatcher?.look()
                    self.keepWebhooks()
                }
            }
            self.webhooks.giveBack(batch)
            if self.mayReportStore.exchange(false, ordering: .relaxed) {
                self.report("events for the backend cannot be kept, they wait in memory: \(error.message)")
            }
            loop.scheduleTask(in: .milliseconds(Self.storePause)) { self.keepWebhooks() }
        }
    }

    /// Keeps what is left when the platform ends.
    func keepLastWebhooks() {
        while true {
            let batch = self.webhooks.take(self.definition)
            if batch.isEmpty { return }
            self.change([.addWebhooks(batch)]) { result in
                guard case .failure(let error) = result else { return }
                self.report("\(batch.count) events for the backend were lost: \(error.message)")
            }
        }
    }

    // MARK: What was given up

    /// Deliveries that were given up, by their sequence.
    package func deadWebhooks(
        after sequence: Int64, limit: Int,
        completion: @escaping @Sendable (Result<[DeadWebhook], RequestError>) -> Void
    ) {
        self.engine.deadWebhooks(after: sequence, limit: limit, completion: completion)
    }

    /// Lets deliveries that were given up wait again at the ends of their lines, or forgets them.
    ///
    /// - Parameters:
    ///   - sequences: `nil`: all that there are by now, a thousand at a time.
    ///   - completion: says how many were named, or found; runs exactly once, on any thread.
    package func settleDeadWebhooks(
        _ sequences: [Int64]?, isRetry: Bool, completion: @escaping @Sendable (Result<Int, RequestError>) -> Void
    ) {
        if let sequences { return self.settleDead(sequences, isRetry: isRetry, completion: completion) }
        self.settleAllDead(after: 0, isRetry: isRetry, count: 0, before: self.clock.now(), completion: completion)
    }

    private func settleDead(
        _ sequences: [Int64], isRetry: Bool, completion: @escaping @Sendable (Result<Int, RequestError>) -> Void
    ) {
        let now = self.clock.now()
        let change: StateChange =
            isRetry ? .retryDeadWebhooks(sequences, time: now) : .removeDeadWebhooks(sequences)
        self.change([change]) { result in
            self.eventLoops[0].execute {
                self.webhookDispatcher?.look()
                self.countWebhooks()
            }
            completion(result.map { sequences.count })
        }
    }

    private func settleAllDead(
        after sequence: Int64, isRetry: Bool, count: Int, before time: Timestamp,
        completion: @escaping @Sendable (Result<Int, RequestError>) -> Void
    ) {
        self.engine.deadWebhooks(after: sequence, limit: WebhookNotes.batchCount) { result in
            guard case .success(let page) = result, let last = page.last?.webhook.sequence else {
                return completion(result.map { _ in count })
            }
            // What dies while this goes on is not tried in a circle.
            let sequences = page.filter { $0.diedAt <= time }.map(\.webhook.sequence)
            self.settleDead(sequences, isRetry: isRetry) { result in
                guard case .success(let added) = result else { return completion(result) }
                // Not on the thread of the store, which others wait for.
                self.eventLoops[0].execute {
                    self.settleAllDead(
                        after: last, isRetry: isRetry, count: count + added, before: time, completion: completion)
                }
            }
        }
    }
}
