// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Delivers what waits for the backend: reads it from the store in pages, sends it, and keeps what became of it. Owned by its event loop, the
/// platform's first.
///
/// Bounded: at most ``maximumKnownCount`` deliveries are in memory, whatever waits. What was accepted and not yet noted as such when
/// the process ends is sent again, with the same id.
final class WebhookDispatcher {
    private static let pageCount = 256
    private static let maximumKnownCount = 512
    /// Milliseconds after which a store that failed is asked again.
    private static let storePause: Int64 = 1000
    /// Milliseconds for which what was given up is kept.
    private static let deadAge: Int64 = 30 * 86_400_000

    /// Milliseconds between reports of what was given up.
    private static let reportInterval: Int64 = 60_000

    private weak var platform: Platform?
    private let eventLoop: any EventLoop
    /// What is to be sent next.
    private var ready: ArraySlice<DueWebhook> = []
    /// The places of all that is ready, under way, or not noted yet.
    private var known: Set<Int64> = []
    private var underWayCount = 0
    private var outcomes: [(place: Int64, change: StateChange)] = []
    private var isSettling = false
    private var isReading = false
    /// Something may be due that is not known.
    private var mustRead = true
    /// What was noted while a page was read: the page may be older.
    private var settledMeanwhile: Set<Int64> = []
    private var pause = BackendPause()
    private var deadCount = 0
    /// Milliseconds since 1970.
    private var deadReportedAt: Int64?
    private var timer: (due: Int64, task: Scheduled<Void>)?

    init(_ platform: Platform, on eventLoop: any EventLoop) {
        self.platform = platform
        self.eventLoop = eventLoop
    }

    /// Something new waits, or the rules are others.
    func look() {
        self.mustRead = true
        self.run()
    }

    private func run() {
        guard let platform, !platform.isClosed, let rules = platform.definition.webhooks,
            let poster = platform.backend.poster
        else { return }
        let now = platform.clock.now()
        if self.pause.until != nil { self.giveUpOld(rules, now: now) }
        while !self.ready.isEmpty,
            self.pause.mayBegin(underWay: self.underWayCount, concurrency: rules.concurrency, now: now.milliseconds),
            let next = self.ready.popFirst()
        {
            self.send(next, rules, by: poster)
        }
        // While one is tried after the pause, its end is waited for.
        if let until = self.pause.until, until > now.milliseconds, !self.ready.isEmpty {
            self.wake(at: until, now: now)
        }
        if self.mustRead, self.ready.isEmpty { self.read(platform, now: now) }
        self.settle()
    }

    /// What was not tried for want of a backend grows old as well.
    private func giveUpOld(_ rules: WebhookRules, now: Timestamp) {
        let isOld = { (webhook: DueWebhook) in now.milliseconds - webhook.createdAt.milliseconds >= rules.retry.age }
        let old = self.ready.filter(isOld)
        guard !old.isEmpty else { return }
        self.ready = self.ready.filter { !isOld($0) }[...]
        for webhook in old { self.note(.dead(reason: "the backend did not answer in time", until: now), of: webhook) }
    }

    // MARK: Sending

    private func send(_ webhook: DueWebhook, _ rules: WebhookRules, by poster: any BackendPoster) {
        self.underWayCount += 1
        let message = BackendMessage(
            id: webhook.id, url: rules.url, secret: rules.secret, body: webhook.body, deadline: rules.deadline)
        let made = NIOLoopBound(self, eventLoop: self.eventLoop)
        poster.post(message, on: self.eventLoop) { result in made.value.finish(webhook, result) }
    }

    private func finish(_ webhook: DueWebhook, _ result: Result<BackendAnswer, BackendFailure>) {
        self.underWayCount -= 1
        guard let platform, let rules = platform.definition.webhooks else { return self.forget(webhook.place) }
        let now = platform.clock.now()
        let outcome = self.outcome(of: webhook, result, rules.retry, now: now)
        switch outcome {
        case .accepted:
            if self.pause.succeeded() { platform.report("events can be delivered to the backend again") }
        case .dead(let reason, _):
            self.reportDead(webhook, reason, to: platform, now: now.milliseconds)
        case .retry:
            if self.pause.failed(webhook.place, now: now.milliseconds, rules.retry) {
                platform.report(
                    "events cannot be delivered to the backend, they wait: \(Self.reason(result) ?? "")")
            }
        }
        if case .accepted = outcome {} else { platform.webhooks.count { $0.failedTries += 1 } }
        self.note(outcome, of: webhook)
        self.run()
    }

    /// Not each one, as a backend that refuses everything would fill the log.
    private func reportDead(_ webhook: DueWebhook, _ reason: String, to platform: Platform, now: Int64) {
        self.deadCount += 1
        if let last = self.deadReportedAt, now - last < Self.reportInterval, now >= last { return }
        let words = self.deadCount == 1 ? "an event" : "\(self.deadCount) events"
        platform.report("\(words) for the backend given up, the last one is \(webhook.id): \(reason)")
        (self.deadCount, self.deadReportedAt) = (0, now)
    }

    private func outcome(
        of webhook: DueWebhook, _ result: Result<BackendAnswer, BackendFailure>, _ retry: WebhookRules.Retry,
        now: Timestamp
    ) -> WebhookOutcome {
        guard let reason = Self.reason(result) else { return .accepted }
        let answer = try? result.get()
        if let status = answer?.status, Self.isFinal(status) { return .dead(reason: reason, until: now) }
        let left = webhook.createdAt.milliseconds + retry.age - now.milliseconds
        guard left > 0 else { return .dead(reason: reason, until: now) }
        let wanted = min(answer?.retryAfter ?? 0, retry.to)
        let delay = min(max(retry.delay(afterTries: webhook.tries + 1), wanted), left)
        return .retry(at: Timestamp(milliseconds: now.milliseconds + delay))
    }

    /// Why the backend has not accepted; `nil`: it has.
    private static func reason(_ result: Result<BackendAnswer, BackendFailure>) -> String? {
        switch result {
        case .success(let answer) where (200...299).contains(answer.status): nil
        case .success(let answer): "the backend answered with status \(answer.status)"
        case .failure(let failure): String(failure.reason.prefix(300))
        }
    }

    /// The same request would be refused again. A redirect, which nobody follows, is a mistake of the operator, who may mend it.
    private static func isFinal(_ status: Int) -> Bool {
        (400...499).contains(status) && ![408, 425, 429].contains(status)
    }

    // MARK: What became of it

    private func note(_ outcome: WebhookOutcome, of webhook: DueWebhook) {
        guard let platform else { return }
        let now = platform.clock.now()
        var outcome = outcome
        if case .dead(let reason, _) = outcome {
            outcome = .dead(reason: reason, until: Timestamp(milliseconds: now.milliseconds + Self.deadAge))
        }
        self.outcomes.append((webhook.place, .settleWebhook(place: webhook.place, outcome, time: now)))
    }

    private func settle() {
        guard !self.isSettling, !self.outcomes.isEmpty, let platform, !platform.isClosed else { return }
        self.isSettling = true
        let outcomes = self.outcomes
        self.outcomes = []
        let made = NIOLoopBound(self, eventLoop: self.eventLoop)
        platform.change(outcomes.map(\.change)) { result in
            made.execute { $0.settled(outcomes, result) }
        }
    }

    private func settled(_ outcomes: [(place: Int64, change: StateChange)], _ result: Result<Void, RequestError>) {
        guard let platform else { return }
        guard case .success = result else {
            // They stay known, so that nothing is sent twice meanwhile, and nothing more once too many wait.
            self.outcomes = outcomes + self.outcomes
            let made = NIOLoopBound(self, eventLoop: self.eventLoop)
            self.eventLoop.scheduleTask(in: .milliseconds(Self.storePause)) {
                made.value.isSettling = false
                made.value.settle()
            }
            return
        }
        self.isSettling = false
        for outcome in outcomes { self.forget(outcome.place) }
        platform.webhooks.count { figures in
            for case .settleWebhook(_, let outcome, _) in outcomes.map(\.change) { figures.count(outcome) }
        }
        self.mustRead = true
        self.run()
    }

    private func forget(_ place: Int64) {
        self.known.remove(place)
        if self.isReading { self.settledMeanwhile.insert(place) }
    }

    // MARK: Reading

    private func read(_ platform: Platform, now: Timestamp) {
        guard !self.isReading, self.known.count <= Self.maximumKnownCount - Self.pageCount else { return }
        self.isReading = true
        self.mustRead = false
        // What is known is still due in the store, and may stand before everything else.
        let limit = self.known.count + Self.pageCount
        let made = NIOLoopBound(self, eventLoop: self.eventLoop)
        platform.engine.dueWebhooks(at: now, limit: limit) { result in
            made.execute { $0.take(result, limit: limit) }
        }
    }

    private func take(_ result: Result<WebhookPage, RequestError>, limit: Int) {
        self.isReading = false
        let passed = self.known.union(self.settledMeanwhile)
        self.settledMeanwhile = []
        guard let platform, !platform.isClosed else { return }
        let now = platform.clock.now()
        guard case .success(let page) = result else {
            return self.wake(at: now.milliseconds + Self.storePause, now: now)
        }
        if page.due.count == limit { self.mustRead = true }
        self.ready += page.due.filter { !passed.contains($0.place) }
        self.known.formUnion(self.ready.map(\.place))
        platform.webhooks.count { $0.oldest = page.oldest }
        if let next = page.next { self.wake(at: next.milliseconds, now: now) }
        if !self.ready.isEmpty || self.mustRead { self.run() }
    }

    private func wake(at due: Int64, now: Timestamp) {
        if let timer, timer.due <= due { return }
        self.timer?.task.cancel()
        let made = NIOLoopBound(self, eventLoop: self.eventLoop)
        let task = self.eventLoop.scheduleTask(in: .milliseconds(max(due - now.milliseconds, 1))) {
            made.value.timer = nil
            made.value.look()
        }
        self.timer = (due, task)
    }

    func stop() {
        self.timer?.task.cancel()
        self.timer = nil
    }
}

@available(*, unavailable)
extension WebhookDispatcher: Sendable {}

extension NIOLoopBound where Value == WebhookDispatcher {
    /// Calls it on its loop, from any thread; at once where that is the caller's.
    fileprivate func execute(_ body: @escaping @Sendable (WebhookDispatcher) -> Void) {
        // Later, though, where the caller holds what the body would ask for again.
        self.eventLoop.execute { body(self.value) }
    }
}

extension WebhookFigures {
    fileprivate mutating func count(_ outcome: WebhookOutcome) {
        switch outcome {
        case .retry: return
        case .accepted: self.delivered += 1
        case .dead:
            self.givenUp += 1
            self.dead += 1
        }
        self.waiting = max(0, self.waiting - 1)
        if self.waiting == 0 { self.oldest = nil }
    }
}
