// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

extension Platform {
    /// Runs by another version of the contract from now on, without a break: connections stay, with the subscriptions that they
    /// still have a right to, and nothing is delivered twice or left out.
    ///
    /// Publications that are under way are told in the words of the version that they were accepted under. Each loop changes between
    /// two deliveries. There, subscriptions without a right end as on a loss of membership, the contract's own subscriptions are
    /// made, and connections without a user end where there has to be one. Frames, errors, heartbeat and limits hold from then on;
    /// the size of messages and queues for connections that come later. What limits have counted is kept where they are the same.
    ///
    /// - Parameters:
    ///   - definition: of the same name.
    ///   - dialects: as for the start.
    /// - Returns: completed, on `eventLoop`, when every loop has changed.
    package func adopt(
        _ definition: PlatformDefinition,
        dialects: [any Dialect],
        gatheredOn eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        let old = self.rules
        let limits = definition.limits == old.limits.rules ? old.limits : PlatformLimits(definition.limits)
        let new = PlatformRules(definition, dialects: dialects, limits: limits)
        self.waits.adopt(definition.waits, now: self.clock.now())
        self.presence.grace = definition.presence?.grace ?? self.presence.grace
        self.apps.adopt(definition.apps)
        self.appsChanged()
        self.reportSuppressedApps()
        self.exchangeRules(new)
        self.startWaits()
        self.startPresence()
        self.startWebhooks()
        self.startAsking()
        // Behind what is in the mailboxes: a loop has changed when it has come so far.
        return self.onEveryLoop(gatheredOn: eventLoop) { self.deliverWaiting(onLoop: $0.index) }.map { _ in }
    }
}

extension LoopHub {
    /// Takes over other rules, and lets them hold for every connection of this loop.
    func adopt(_ new: PlatformRules) {
        let old = self.exchangeRules(new)
        guard old !== new else { return }
        for channel in self.allChannels { self.setTerms(of: channel) }
        let sessions = Array(self.allSessions)
        if old.limits !== new.limits { for session in sessions { session.recount(in: new.limits) } }
        if old.tracksPresence != new.tracksPresence {
            for case let user? in sessions.map(\.identity?.user) {
                if new.tracksPresence { self.platform.userCame(user) } else { self.platform.userLeft(user) }
            }
        }
        if new.definition.auth.mode == .required {
            for session in sessions where session.identity == nil { session.end(.signInNeeded) }
        }
        if new.definition.auth.users == .known { self.endRefused(among: sessions.filter(\.isOpen)) }
        for channel in self.allChannels { self.recheck(channel, under: new.definition, before: old.definition) }
        if !new.definition.joins.isEmpty {
            for session in sessions where session.isOpen { session.joinContractChannels() }
        }
    }

    /// Ends the subscriptions to a channel that the contract does not give any more.
    private func recheck(_ channel: LoopChannel, under new: PlatformDefinition, before old: PlatformDefinition) {
        let match = new.match(channel.name.rawValue)
        // Most channels of most contracts: nobody has to be looked at.
        if let match, !match.rules.isInternal, match.rules.subscribe.contains(where: \.isForEveryone) { return }
        let wasInternal = old.match(channel.name.rawValue)?.rules.isInternal == true
        for session in channel.sessions {
            if let match {
                let refusal =
                    match.rules.isInternal ? nil : self.platform.refusal(to: match, for: session.identity)
                let mayStay =
                    match.rules.isInternal ? session.isContractJoin(match.name, of: new) : refusal == nil
                if mayStay { continue }
                // Only the backend knows.
                if refusal?.code == .unavailable {
                    session.recheck(channel)
                    continue
                }
            }
            // What the server joined by itself it leaves without a word, where clients know nothing of it.
            session.endSubscription(to: channel, pattern: match?.rules.pattern, isTold: !wasInternal)
        }
    }
}

extension SubscribeRule {
    fileprivate var isForEveryone: Bool { if case .everyone = self.kind { true } else { false } }
}

extension RequestError {
    package static let signInNeeded = RequestError(
        .unauthenticated, "authentication is required", reason: "missing")
}
