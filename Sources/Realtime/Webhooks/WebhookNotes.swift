// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Events for the backend between the moment in which they happen and their way into the store. Threads: any.
///
/// Bounded: while the store takes nothing, ``maximumCount`` events wait; later ones are lost, and counted.
final class WebhookNotes: Sendable {
    static let maximumCount = 200_000
    /// Events that are kept by one commit.
    static let batchCount = 1000

    private struct State {
        /// Those before `first` were taken.
        var events: [WebhookEvent] = []
        var first = 0
        /// What the store did not take.
        var refused: [StoredWebhook] = []
        /// Somebody takes events until there are none.
        var isAwake = false
        var sequence: Int64
        var lostBefore: UInt64 = 0
        var figures = WebhookFigures()

        /// Under the lock nothing is written out: whoever notes an event may hold the platform's.
        mutating func takeEvents() -> (events: [WebhookEvent], sequence: Int64) {
            let end = min(self.events.count, self.first + WebhookNotes.batchCount)
            let taken = Array(self.events[self.first..<end])
            self.first = end
            if end == self.events.count {
                self.events.removeAll(keepingCapacity: end <= WebhookNotes.batchCount)
                self.first = 0
            } else if end > self.events.count / 2 {
                self.events.removeFirst(end)
                self.first = 0
            }
            defer { self.sequence += Int64(taken.count) }
            return (taken, self.sequence + 1)
        }
    }

    /// Whether to tell of each kind, by its bit.
    private let kinds = Atomic<UInt16>(0)
    private let state: Mutex<State>

    init(_ kept: EngineState) {
        self.state = Mutex(State(sequence: kept.webhookSequence))
        self.state.withLock {
            ($0.figures.waiting, $0.figures.dead) = (kept.webhookCounts.waiting, kept.webhookCounts.dead)
        }
    }

    func setKinds(_ kinds: Set<WebhookEvent.Kind>) {
        self.kinds.store(kinds.reduce(0) { $0 | $1.bit }, ordering: .relaxed)
    }

    func tells(_ kind: WebhookEvent.Kind) -> Bool { self.kinds.load(ordering: .relaxed) & kind.bit != 0 }

    /// - Returns: whether somebody has to be woken, who takes events; and whether this is the first one lost in a while.
    func append(_ event: WebhookEvent) -> (mustWake: Bool, isFirstLoss: Bool) {
        self.state.withLock { state in
            guard state.events.count - state.first < Self.maximumCount else {
                defer { state.figures.lost += 1 }
                return (false, state.figures.lost == state.lostBefore)
            }
            state.events.append(event)
            defer { state.isAwake = true }
            return (!state.isAwake, false)
        }
    }

    /// The next ones that are to be kept, in order, numbered; none: whoever takes them may sleep.
    func take(_ definition: PlatformDefinition) -> [StoredWebhook] {
        let (refused, events, sequence) = self.state.withLock { state -> ([StoredWebhook], [WebhookEvent], Int64) in
            if !state.refused.isEmpty {
                defer { state.refused = [] }
                return (state.refused, [], 0)
            }
            let (events, sequence) = state.takeEvents()
            if events.isEmpty { state.isAwake = false }
            return ([], events, sequence)
        }
        if !refused.isEmpty { return refused }
        return events.enumerated().map { $1.stored(sequence: sequence + Int64($0), of: definition) }
    }

    /// The store did not take them: they are the next again.
    func giveBack(_ webhooks: [StoredWebhook]) { self.state.withLock { $0.refused = webhooks } }

    /// - Returns: how many events were lost since this was asked last.
    func takeLossCount() -> UInt64 {
        self.state.withLock { state in
            defer { state.lostBefore = state.figures.lost }
            return state.figures.lost - state.lostBefore
        }
    }

    var figures: WebhookFigures { self.state.withLock { $0.figures } }

    func count(_ change: (inout WebhookFigures) -> Void) { self.state.withLock { change(&$0.figures) } }
}
