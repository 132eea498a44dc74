// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What the backend has said about rights to subscribe, for each user with his roles and each channel, and which of it subscriptions rest on.
///
/// Bounds: ``maximumKept`` answers that nothing rests on, ``maximumRunning`` questions at a time, ``maximumWaiting`` in line,
/// ``maximumOfUser`` of one user. One question for all who ask
/// the same. Driven by the platform's clock. Threads: any.
final class AskedRights: Sendable {
    static let maximumRunning = 64
    static let maximumWaiting = 4096
    static let maximumKept = 100_000
    /// Questions under way or in line that one user's clients may have asked, so that nobody fills the line for all; what is asked again is not counted.
    static let maximumOfUser = 200
    /// The same of all connections without a user together.
    static let maximumOfNobody = 1000
    /// Milliseconds for which a "no" holds that does not say so itself: long enough for a client that retries, short enough for one who is let in.
    static let longestRefusal: Int64 = 5000
    /// Milliseconds after which a backend that did not answer is asked again about what subscriptions rest on.
    static let retryInterval: Int64 = 5000
    /// Milliseconds for which it stands that a backend did not answer.
    private static let failureTime: Int64 = 1000

    struct Question: Hashable, Sendable {
        /// `nil`: a connection without a user.
        var user: UserID?
        /// Sorted: tokens of one user may give different ones.
        var roles: [String] = []
        var channel: ChannelName
    }

    enum Verdict: Sendable { case allowed, refused, unavailable }

    /// What is to be sent.
    struct Request: Sendable {
        var question: Question
        var identity: Identity?
        var rule: AskRule
        var number: UInt64
        /// Milliseconds since 1970.
        var deadline: Int64
    }

    fileprivate struct Entry {
        var verdict: Verdict
        var until: Int64
        var identity: Identity?
        var rule: AskRule
        /// When it is asked for again, while a subscription rests on it; `nil`: never.
        var renewal: Int64?
    }

    fileprivate struct Flight {
        var request: Request
        var waiting: [@Sendable () -> Void]
        /// Among those that the user's clients have asked.
        var isCounted = false
    }

    fileprivate struct State {
        var entries: [Question: Entry] = [:]
        var held: [Question: Int] = [:]
        var flights: [Question: Flight] = [:]
        /// Of those that clients have asked, by user.
        var askedCounts: [UserID?: Int] = [:]
        /// Of flights that have not begun; some may be over.
        var line: [Question] = []
        var runningCount = 0
        var lastNumber: UInt64 = 0
        var renewals: DeadlineWheel<Question>
        var isDown = false
    }

    private let state: Mutex<State>

    init(now: Timestamp = Timestamp(milliseconds: 0)) {
        self.state = Mutex(State(renewals: DeadlineWheel(now: now.milliseconds)))
    }

    /// What is known; `nil`: it has to be asked for. What a subscription rests on is known until something else is.
    func verdict(_ question: Question, at now: Timestamp) -> Verdict? {
        self.state.withLock { state in
            guard let entry = state.entries[question] else { return nil }
            let holds = now.milliseconds < entry.until || (entry.verdict == .allowed && state.held[question] != nil)
            return holds ? entry.verdict : nil
        }
    }

    // MARK: Asking

    /// - Parameter completion: runs exactly once: when there is an answer, or none in time.
    /// - Returns: whether somebody has to be woken, who takes requests; `nil`: there are too many, and `completion` is not kept.
    func ask(
        _ question: Question, _ identity: Identity?, _ rule: AskRule, at now: Timestamp,
        completion: @escaping @Sendable () -> Void
    ) -> Bool? {
        self.state.withLock { state in
            if state.flights[question] != nil {
                state.flights[question]?.waiting.append(completion)
                return false
            }
            guard state.flights.count < Self.maximumWaiting else {
                state.keep(question, .unavailable, identity, rule, for: Self.failureTime, now: now.milliseconds)
                return nil
            }
            guard state.count(question) else { return nil }
            state.enter(question, identity, rule, now: now.milliseconds, [completion])
            state.flights[question]?.isCounted = true
            return true
        }
    }

    /// The next question that may be sent now, or whose time is over.
    func takeRequest(at now: Timestamp) -> Request? {
        self.state.withLock { state in
            while let question = state.line.first {
                guard let request = state.flights[question]?.request else {
                    state.line.removeFirst()
                    continue
                }
                guard state.runningCount < Self.maximumRunning || request.deadline <= now.milliseconds else {
                    return nil
                }
                state.line.removeFirst()
                state.runningCount += 1
                return request
            }
            return nil
        }
    }

    /// Notes that a request that was taken is over, whether its answer still counts or not.
    func ended() { self.state.withLock { $0.runningCount -= 1 } }

    /// What an answer comes to.
    struct Outcome {
        var waiting: [@Sendable () -> Void] = []
        /// Subscriptions rest on what is no longer so.
        var ends = false
        /// The backend has stopped answering, or does again.
        var hasTurned = false
    }

    /// - Returns: `nil`: the answer comes too late.
    func settle(_ request: Request, _ answer: AskAnswer, at now: Timestamp) -> Outcome? {
        self.state.withLock { state -> Outcome? in
            let question = request.question
            guard let flight = state.flights[question], flight.request.number == request.number else { return nil }
            state.flights[question] = nil
            if flight.isCounted { state.uncount(question) }
            var outcome = Outcome(waiting: flight.waiting)
            let (now, rule) = (now.milliseconds, request.rule)
            var isDown = false
            switch answer {
            case .decided(true, let validity):
                state.keep(question, .allowed, request.identity, rule, for: validity ?? rule.cache, now: now)
            case .decided(false, let validity):
                let time = validity ?? min(rule.cache, Self.longestRefusal)
                state.keep(question, .refused, request.identity, rule, for: time, now: now)
                outcome.ends = state.held[question] != nil
            case .unavailable:
                isDown = true
                let wasAllowed = state.entries[question]?.verdict == .allowed && state.held[question] != nil
                if wasAllowed || rule.allowsWhenDown {
                    state.keep(
                        question, .allowed, request.identity, rule, for: Self.retryInterval, now: now,
                        renewal: Self.retryInterval)
                } else {
                    // Whose subscription waits for it asks again by itself.
                    state.keep(question, .unavailable, request.identity, rule, for: Self.failureTime, now: now)
                }
            }
            outcome.hasTurned = isDown != state.isDown
            state.isDown = isDown
            return outcome
        }
    }

    // MARK: What rests on answers

    /// Counts a subscription.
    func hold(_ question: Question) { self.state.withLock { $0.held[question, default: 0] += 1 } }

    /// Of a subscription whose user has other roles now.
    func exchange(_ old: Question, for new: Question) {
        guard old != new else { return }
        self.hold(new)
        self.release(old)
    }

    func release(_ question: Question) {
        self.state.withLock { state in
            guard let count = state.held[question] else { return }
            state.held[question] = count > 1 ? count - 1 : nil
        }
    }

    /// Asks again about what subscriptions rest on and what is over soon, and forgets what is over.
    func renew(at now: Timestamp) {
        self.state.withLock { state in
            let now = now.milliseconds
            for question in state.renewals.advance(to: now) {
                guard let entry = state.entries[question], let renewal = entry.renewal, renewal <= now else { continue }
                guard state.held[question] != nil else {
                    // Something may yet rest on it until then.
                    if entry.until <= now {
                        state.entries[question] = nil
                    } else {
                        state.renewals.add(question, at: entry.until)
                    }
                    continue
                }
                guard state.flights[question] == nil else { continue }
                guard state.flights.count < Self.maximumWaiting else {
                    state.entries[question]?.renewal = now + Self.retryInterval
                    state.renewals.add(question, at: now + Self.retryInterval)
                    continue
                }
                state.enter(question, entry.identity, entry.rule, now: now, [])
            }
        }
    }

    var keptCount: Int { self.state.withLock { $0.entries.count } }
}

extension AskedRights.Question {
    init(_ identity: Identity?, _ channel: ChannelName) {
        self.init(user: identity?.user, roles: identity?.roles.sorted() ?? [], channel: channel)
    }
}

extension AskedRights.State {
    /// Counts a question of a client, unless its user has too many.
    fileprivate mutating func count(_ question: AskedRights.Question) -> Bool {
        let count = self.askedCounts[question.user, default: 0]
        guard count < (question.user == nil ? AskedRights.maximumOfNobody : AskedRights.maximumOfUser) else {
            return false
        }
        self.askedCounts[question.user] = count + 1
        return true
    }

    fileprivate mutating func uncount(_ question: AskedRights.Question) {
        let count = self.askedCounts[question.user, default: 0]
        self.askedCounts[question.user] = count > 1 ? count - 1 : nil
    }

    fileprivate mutating func enter(
        _ question: AskedRights.Question, _ identity: Identity?, _ rule: AskRule, now: Int64,
        _ waiting: [@Sendable () -> Void]
    ) {
        self.lastNumber += 1
        let request = AskedRights.Request(
            question: question, identity: identity, rule: rule, number: self.lastNumber, deadline: now + rule.deadline)
        self.flights[question] = AskedRights.Flight(request: request, waiting: waiting)
        self.line.append(question)
    }

    fileprivate mutating func keep(
        _ question: AskedRights.Question, _ verdict: AskedRights.Verdict, _ identity: Identity?, _ rule: AskRule,
        for time: Int64, now: Int64, renewal: Int64? = nil
    ) {
        if self.entries.count >= AskedRights.maximumKept + self.held.count {
            self.entries = self.entries.filter { $0.value.until > now || self.held[$0.key] != nil }
            // Nearly all still hold: asking again is cheaper than looking for the oldest.
            if self.entries.count >= AskedRights.maximumKept * 3 / 4 + self.held.count {
                self.entries = self.entries.filter { self.held[$0.key] != nil }
            }
        }
        var entry = AskedRights.Entry(verdict: verdict, until: now + time, identity: identity, rule: rule)
        if verdict == .allowed {
            // Early enough for a whole answer, so that nobody who may stay is cut off.
            let renewal = now + (renewal ?? max(time - min(time / 2, rule.deadline + 1000), 1))
            entry.renewal = renewal
            self.renewals.add(question, at: renewal)
        }
        self.entries[question] = entry
    }
}
