// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// What one client does, held against the platform's limits.
extension Session {
    /// Counts a message before anything is read of it.
    ///
    /// - Parameter answer: tells the client, who wants an answer to each; `nil`: an error does, at most once a second.
    /// - Returns: `false` when it is too much and must not be handled; the client was told.
    package func admitMessage(answer: ((RequestError) -> Void)? = nil) -> Bool {
        self.countMessage()
        let limits = self.hub.rules.limits
        guard !limits.messages.isEmpty else { return true }
        let now = self.hub.now
        let rules = limits.messages
        if let refusing = self.admit(rules.count, at: now, { self.step(rules[$0]) }) {
            self.noteExcess(.messages, at: now)
            let counts = self.limitCounts
            // A flood is not answered with a flood.
            guard answer != nil || counts.toldAt == .min || now - counts.toldAt >= Self.tellingInterval else {
                return false
            }
            var error = RequestError(.tooManyMessages, "too many messages; send fewer")
            error.retryAfter = self.wait(refusing, at: now)
            if let answer {
                answer(error)
            } else {
                counts.toldAt = now
                self.fail(error)
            }
            return false
        }
        return true
    }

    /// Counts a request to subscribe or unsubscribe, however many channels it names.
    ///
    /// - Returns: why it is refused.
    package func admitSubscriptionRequest() -> RequestError? {
        guard let rate = self.hub.rules.limits.rules.subscriptionRequests else { return nil }
        let now = self.hub.now
        let counts = self.limitCounts
        guard !counts.subscriptionRequests.admit(at: now, under: rate) else { return nil }
        self.noteExcess(.subscriptions, at: now)
        var error = RequestError(.rateLimited, "too many subscription requests; ask again later")
        error.retryAfter = counts.subscriptionRequests.wait(at: now, under: rate)
        return error
    }

    /// Whether there is anything to ask `admitPublish`.
    package var limitsPublishing: Bool { !self.hub.rules.limits.publishes.isEmpty }

    /// Counts a publication of the client, after everything else about it was found right.
    ///
    /// - Parameter channels: where it goes.
    /// - Returns: why it is refused.
    package func admitPublish(to channels: [ChannelName]) -> RequestError? {
        let rules = self.hub.rules.limits.publishes
        guard !rules.isEmpty else { return nil }
        let now = self.hub.now
        var steps: [Step] = []
        for rule in rules {
            if rule.scope == .channel {
                steps += channels.map { Step(rule: rule, owner: .channel($0)) }
            } else {
                steps.append(self.step(rule))
            }
        }
        guard let refusing = self.admit(steps.count, at: now, { steps[$0] }) else { return nil }
        self.noteExcess(.publishes, at: now)
        var error = RequestError(.rateLimited, "too many publications; publish fewer")
        error.retryAfter = self.wait(refusing, at: now)
        return error
    }

    /// Counts a message that was none of the platform's.
    ///
    /// - Returns: `false` when there were too many of them.
    func admitInvalidMessage() -> Bool {
        guard let rate = self.hub.rules.limits.rules.invalidMessages else { return true }
        let now = self.hub.now
        guard !self.limitCounts.invalidMessages.admit(at: now, under: rate) else { return true }
        self.noteExcess(.invalidMessages, at: now)
        return false
    }

    func noteExcess(_ kind: LimitKind, at now: Int64) {
        self.hub.statistics.limited[kind] += 1
        guard self.hub.rules.limits.rules.throttle != nil else { return }
        let counts = self.limitCounts
        guard counts.excessAt == .min || now - counts.excessAt >= Self.tellingInterval else { return }
        counts.excessAt = now
        if let owner = self.identity.map({ .user($0.user) }) ?? self.address.map({ LimitOwner.address($0) }) {
            self.hub.rules.limits.punish(owner, at: now)
        }
    }

    /// Why the connection has lasted or been silent too long, in the hub's milliseconds; `nil`: it has not.
    func overdue(at now: Int64) -> RequestError? {
        let rules = self.hub.rules.limits.rules
        if let lifetime = rules.lifetime, now - self.openedAt >= lifetime {
            self.hub.statistics.limited[.lifetime] += 1
            return RequestError(.lifetimeOver, "the connection has lasted as long as one may; connect again")
        }
        // What waits to be read may be a message.
        if let idle = rules.idle, now - self.lastActivityAt >= idle, !self.isPaused {
            self.hub.statistics.limited[.idle] += 1
            return RequestError(.idle, "nothing was received for too long")
        }
        return nil
    }

    // MARK: Counting

    private static let tellingInterval: Int64 = 1000

    private struct Step {
        var rule: PlatformLimits.Rule
        /// `nil`: the connection by itself.
        var owner: LimitOwner?
    }

    /// A user's or address' rate counts a connection by itself that has none.
    private func step(_ rule: PlatformLimits.Rule) -> Step {
        switch rule.scope {
        case .user: Step(rule: rule, owner: self.identity.map { .user($0.user) })
        case .address: Step(rule: rule, owner: self.address.map { .address($0) })
        case .connection, .channel, .app: Step(rule: rule, owner: nil)
        }
    }

    /// Counts one in every step, or in none when a step that refuses has no room. Where a step that delays has none left, the
    /// connection is not read until it has.
    ///
    /// - Returns: the step that refuses.
    private func admit(_ count: Int, at now: Int64, _ step: (Int) -> Step) -> Step? {
        for index in 0..<count {
            let next = step(index)
            guard next.rule.exceeding == .error, !self.admit(next, at: now) else { continue }
            for earlier in 0..<index { self.takeBack(step(earlier), at: now) }
            return next
        }
        var wait: Int64 = 0
        for index in 0..<count {
            let next = step(index)
            if next.rule.exceeding == .delay { wait = max(wait, self.charge(next, at: now)) }
        }
        if wait > 0 { self.pause(milliseconds: wait) }
        return nil
    }

    /// The milliseconds after which a step that has refused would not; `nil`: it always will.
    private func wait(_ step: Step, at now: Int64) -> Int64? {
        let rule = step.rule
        guard rule.rate.window > 0 else { return nil }
        guard let owner = step.owner else {
            return self.limitCounts.windows[rule.index].wait(at: now, under: rule.rate)
        }
        return self.hub.rules.limits.wait(owner, under: rule, at: now)
    }

    private func admit(_ step: Step, at now: Int64) -> Bool {
        let rule = step.rule
        guard let owner = step.owner else {
            return self.limitCounts.windows[rule.index].admit(at: now, under: rule.rate)
        }
        return self.hub.rules.limits.admit(owner, under: rule, at: now)
    }

    private func takeBack(_ step: Step, at now: Int64) {
        guard step.rule.exceeding == .error else { return }
        guard let owner = step.owner else { return self.limitCounts.windows[step.rule.index].takeBack() }
        self.hub.rules.limits.takeBack(owner, under: step.rule, at: now)
    }

    private func charge(_ step: Step, at now: Int64) -> Int64 {
        let rule = step.rule
        guard let owner = step.owner else {
            return self.limitCounts.windows[rule.index].charge(at: now, under: rule.rate)
        }
        return self.hub.rules.limits.charge(owner, under: rule, at: now)
    }

    private func pause(milliseconds: Int64) {
        self.noteExcess(.delays, at: self.hub.now)
        self.pauseReceiving()
        self.hub.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [weak self] in
            self?.resumeReceiving()
        }
    }
}
