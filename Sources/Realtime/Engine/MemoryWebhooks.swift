// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What waits for the backend in a ``MemoryEngine``. Looks at everything for every question.
struct MemoryWebhooks {
    private struct Waiting {
        var place: Int64
        var webhook: StoredWebhook
        /// `nil`: another of its line is before it.
        var due: Timestamp?
        var tries = 0
    }

    private(set) var sequence: Int64 = 0
    private var lastPlace: Int64 = 0
    /// In the order of their places.
    private var waiting: [Waiting] = []
    private var dead: [Int64: DeadWebhook] = [:]

    var counts: WebhookCounts { WebhookCounts(waiting: self.waiting.count, dead: self.dead.count) }

    /// Changes of other kinds are ignored.
    mutating func apply(_ change: StateChange) {
        switch change {
        case .addWebhooks(let webhooks):
            for webhook in webhooks {
                self.add(webhook)
                self.sequence = max(self.sequence, webhook.sequence)
            }
        case .settleWebhook(let place, let outcome, let time): self.settle(place, outcome, at: time)
        case .retryDeadWebhooks(let sequences, let time):
            for sequence in sequences {
                guard var webhook = self.dead.removeValue(forKey: sequence)?.webhook else { continue }
                webhook.createdAt = time
                self.add(webhook)
            }
        case .removeDeadWebhooks(let sequences): for sequence in sequences { self.dead[sequence] = nil }
        default: break
        }
    }

    private mutating func add(_ webhook: StoredWebhook) {
        let isFirst = !self.waiting.contains { $0.webhook.line == webhook.line }
        self.lastPlace += 1
        self.waiting.append(
            Waiting(place: self.lastPlace, webhook: webhook, due: isFirst ? webhook.createdAt : nil))
    }

    private mutating func settle(_ place: Int64, _ outcome: WebhookOutcome, at time: Timestamp) {
        guard let index = self.waiting.firstIndex(where: { $0.place == place }) else { return }
        if case .retry(let due) = outcome {
            self.waiting[index].due = due
            self.waiting[index].tries += 1
            return
        }
        let gone = self.waiting.remove(at: index)
        if case .dead(let reason, _) = outcome {
            self.dead[gone.webhook.sequence] = DeadWebhook(
                webhook: gone.webhook, tries: gone.tries + 1, reason: reason, diedAt: time)
        }
        if let next = self.waiting.firstIndex(where: { $0.webhook.line == gone.webhook.line }),
            self.waiting[next].due == nil
        {
            self.waiting[next].due = time
        }
    }

    func due(at now: Timestamp, limit: Int) -> WebhookPage {
        let timed = self.waiting.compactMap { waiting in waiting.due.map { (due: $0, waiting: waiting) } }
            .sorted { ($0.due, $0.waiting.place) < ($1.due, $1.waiting.place) }
        let due = timed.prefix { $0.due <= now }.prefix(max(0, limit)).map(\.waiting)
        return WebhookPage(
            due: due.map {
                DueWebhook(
                    place: $0.place, id: $0.webhook.id, createdAt: $0.webhook.createdAt, body: $0.webhook.body,
                    tries: $0.tries)
            },
            next: timed.first { $0.due > now }?.due, oldest: self.waiting.first?.webhook.createdAt)
    }

    func dead(after sequence: Int64, limit: Int) -> [DeadWebhook] {
        let found = self.dead.filter { $0.key > sequence }.sorted { $0.key < $1.key }
        return found.prefix(max(0, limit)).map(\.value)
    }
}
