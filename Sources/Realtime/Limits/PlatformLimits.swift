// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What one platform's limits count over all connections and loops. Safe from any thread.
final class PlatformLimits: Sendable {
    /// A rate with its place among the platform's.
    struct Rule: Sendable {
        var rate: LimitRules.Rate
        var scope: LimitRules.Scope
        var exceeding: LimitRules.Exceeding
        var countsRefused: Bool
        var index: Int
    }

    /// Somebody who exceeded a limit.
    private struct Penalty: Sendable {
        var exceededAt: Int64
        /// What the next connection waits.
        var next: Int64
    }

    /// How long an excess counts against new connections.
    private static let penaltyAge: Int64 = 60_000

    let rules: LimitRules
    let attempts: [Rule]
    let messages: [Rule]
    let publishes: [Rule]
    let apps: AppLimits
    /// Whether there is something to ask before a connection is let in, or its address has to be known later.
    let concernsConnections: Bool
    let needsAddress: Bool

    private let windows: SharedTable<SlidingWindow>
    private let penalties = SharedTable<Penalty>(age: PlatformLimits.penaltyAge)
    private let connections = ConnectionCounts()

    init(_ rules: LimitRules) {
        self.rules = rules
        var count = 0
        func numbered(_ rates: [LimitRules.ScopedRate]) -> [Rule] {
            rates.map { scoped in
                defer { count += 1 }
                // A count over a connection's lifetime is the connection's own, and there is nothing to wait for.
                let isLasting = scoped.rate.window <= 0
                return Rule(
                    rate: scoped.rate, scope: isLasting ? .connection : scoped.scope,
                    exceeding: isLasting ? .error : scoped.exceeding,
                    countsRefused: scoped.countsRefused, index: count)
            }
        }
        self.attempts = numbered(rules.attempts.filter { $0.rate.window > 0 })
        self.messages = numbered(rules.messages)
        self.publishes = numbered(rules.publishes)
        self.apps = AppLimits(rules.apps)
        let all = self.attempts + self.messages + self.publishes
        self.needsAddress =
            rules.connectionsPerAddress != nil || rules.throttle != nil || all.contains { $0.scope == .address }
        self.concernsConnections = self.needsAddress || rules.connectionsPerUser != nil || !self.attempts.isEmpty
        // After two windows without use a count is 0.
        self.windows = SharedTable(age: 2 * (all.map(\.rate.window).max() ?? 60_000))
    }

    var ruleCount: Int { self.attempts.count + self.messages.count + self.publishes.count }

    // MARK: Rates

    func admit(_ owner: LimitOwner, under rule: Rule, at now: Int64) -> Bool {
        self.windows.use(LimitKey(owner: owner, rule: rule.index), at: now, new: SlidingWindow()) {
            $0.admit(at: now, under: rule.rate)
        }
    }

    func takeBack(_ owner: LimitOwner, under rule: Rule, at now: Int64) {
        _ = self.windows.useKnown(LimitKey(owner: owner, rule: rule.index), at: now) { $0.takeBack() }
    }

    func charge(_ owner: LimitOwner, under rule: Rule, at now: Int64) -> Int64 {
        self.windows.use(LimitKey(owner: owner, rule: rule.index), at: now, new: SlidingWindow()) {
            $0.charge(at: now, under: rule.rate)
        }
    }

    /// The milliseconds after which one more would be admitted that was not just now.
    func wait(_ owner: LimitOwner, under rule: Rule, at now: Int64) -> Int64 {
        self.windows.useKnown(LimitKey(owner: owner, rule: rule.index), at: now) {
            $0.wait(at: now, under: rule.rate)
        } ?? 0
    }

    /// Whether this user or address may try to connect once more; counts the try.
    ///
    /// - Parameter isRefused: the try's credential does not hold, which is counted by itself.
    /// - Returns: the milliseconds after which he may; `nil`: now.
    func admitAttempt(
        _ owner: LimitOwner, per scope: LimitRules.Scope, isRefused: Bool = false, at now: Int64
    ) -> Int64? {
        for rule in self.attempts
        where rule.scope == scope && rule.countsRefused == isRefused && !self.admit(owner, under: rule, at: now) {
            return self.wait(owner, under: rule, at: now)
        }
        return nil
    }

    // MARK: Connections

    func enter(_ user: UserID) -> Bool {
        guard let limit = self.rules.connectionsPerUser else { return true }
        return self.connections.enter(.user(user), limit: limit)
    }

    func enter(_ address: PeerAddress) -> Bool {
        guard let limit = self.rules.connectionsPerAddress else { return true }
        return self.connections.enter(.address(address), limit: limit)
    }

    /// Counts a connection that is there already, however many there are.
    func count(_ user: UserID) {
        if self.rules.connectionsPerUser != nil { _ = self.connections.enter(.user(user), limit: .max) }
    }

    func count(_ address: PeerAddress) {
        if self.rules.connectionsPerAddress != nil { _ = self.connections.enter(.address(address), limit: .max) }
    }

    func leave(_ user: UserID) {
        if self.rules.connectionsPerUser != nil { self.connections.leave(.user(user)) }
    }

    func leave(_ address: PeerAddress) {
        if self.rules.connectionsPerAddress != nil { self.connections.leave(.address(address)) }
    }

    func connectionCount(of owner: LimitOwner) -> Int { self.connections[owner] }

    /// Whether nobody has a connection that counts.
    var isEmpty: Bool { self.connections.isEmpty }

    // MARK: Throttle

    /// Notes that somebody exceeded a limit.
    func punish(_ owner: LimitOwner, at now: Int64) {
        guard let throttle = self.rules.throttle else { return }
        let penalty = Penalty(exceededAt: now, next: throttle.first)
        self.penalties.use(LimitKey(owner: owner, rule: 0), at: now, new: penalty) { known in
            if now - known.exceededAt >= Self.penaltyAge { known = penalty } else { known.exceededAt = now }
        }
    }

    /// The milliseconds that a new connection waits first. The next one waits twice as long.
    func takeDelay(of owner: LimitOwner, at now: Int64) -> Int64 {
        guard let throttle = self.rules.throttle else { return 0 }
        return self.penalties.useKnown(LimitKey(owner: owner, rule: 0), at: now) { penalty in
            guard now - penalty.exceededAt < Self.penaltyAge else { return 0 }
            let delay = min(penalty.next, throttle.longest)
            penalty.next = delay > throttle.longest / 2 ? throttle.longest : delay * 2
            return delay
        } ?? 0
    }
}
