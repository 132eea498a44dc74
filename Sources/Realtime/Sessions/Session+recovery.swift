// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

extension Session {
    /// What a client gets that comes back to a channel.
    package struct Recovery {
        /// What was published since, oldest first.
        package var publications: [StoredPublication]
        /// `false`: something may be missing before the first of them.
        package var isComplete: Bool
    }

    /// Joins a channel and takes up what came since a position: what is returned and what is delivered from then on are
    /// together everything, each publication once.
    ///
    /// Nothing is received from the client until that is done, which is at once unless the history has to be fetched from the store.
    /// - Parameters:
    ///   - position: as the client names it, unchecked.
    ///   - completion: runs exactly once, on the loop; not at all when the session ends before.
    package func subscribe(
        to text: String,
        since position: String,
        completion: @escaping (Result<(PlatformDefinition.Match, Recovery?), RequestError>) -> Void
    ) {
        switch self.authorize(text) {
        case .success(let match)
        where match.rules.isRecoverable
            && (!self.isSubscribed(to: match.name) || self.isJoinedUntilSubscribe(match.name)):
            guard let rules = match.rules.history else { break }
            // Counted, and held against the limits, as every subscription is.
            let refusal = self.admitSubscription(text)
            self.audit(.subscribe, channel: text, error: refusal)
            if let refusal { return completion(.failure(refusal)) }
            self.choose(match)
            // Joined again below, with what came before.
            if let subscription = self.subscription(to: match.name) { self.leave(subscription.channel) }
            return self.recover(match, rules, since: position) { completion(.success((match, $0))) }
        case .success(let match):
            // The contract has joined it, when it connected: what was before that is still missing.
            guard let rules = match.rules.history, let joinedAt = self.joinPositions[match.name] else { break }
            let result = self.subscribe(to: text)
            guard case .success = result else { return completion(result.map { ($0, nil) }) }
            self.joinPositions[match.name] = nil
            return self.readJoined(match.name, rules) { history in
                var recovery =
                    history.map { self.recovery(from: $0, since: position) }
                    ?? Recovery(publications: [], isComplete: false)
                recovery.publications.removeAll { $0.position > joinedAt }
                completion(.success((match, recovery)))
            }
        case .failure: break
        }
        completion(self.subscribe(to: text).map { ($0, nil) })
    }

    /// Whether it is a plain connection that has asked for positions.
    var isToldPositions: Bool { self.hub.rules.dialectIndex(of: .plainWithPositions) == self.dialectIndex }

    /// The history of a channel that the session is subscribed to, with everything that it was not sent.
    ///
    /// - Parameter completion: as of ``subscribe(to:since:completion:)``; `nil`: the history cannot be read.
    private func readJoined(
        _ channel: ChannelName, _ rules: ChannelRules.History, completion: @escaping (ChannelHistory?) -> Void
    ) {
        let now = self.platform.clock.now()
        if case .resident(let history) = self.platform.withHistories({ $0.read(channel, rules: rules, now: now) }) {
            return completion(history)
        }
        self.pauseReceiving()
        let waiting = NIOLoopBound((self, completion), eventLoop: self.port.eventLoop)
        self.platform.fetchHistory(of: channel, rules: rules) {
            waiting.eventLoop.execute {
                let (session, completion) = waiting.value
                guard session.isOpen else { return }
                defer { session.resumeReceiving() }
                let reading = session.platform.withHistories { $0.read(channel, rules: rules, now: now) }
                if case .resident(let history) = reading { completion(history) } else { completion(nil) }
            }
        }
    }

    private func recover(
        _ match: PlatformDefinition.Match,
        _ rules: ChannelRules.History,
        since position: String,
        completion: @escaping (Recovery) -> Void
    ) {
        if let history = self.readAndJoin(match.name, rules) {
            return completion(self.recovery(from: history, since: position))
        }
        self.pauseReceiving()
        let waiting = NIOLoopBound((self, completion), eventLoop: self.port.eventLoop)
        self.platform.fetchHistory(of: match.name, rules: rules) {
            waiting.eventLoop.execute {
                let (session, completion) = waiting.value
                guard session.isOpen else { return }
                defer { session.resumeReceiving() }
                if let history = session.readAndJoin(match.name, rules) {
                    return completion(session.recovery(from: history, since: position))
                }
                // The store does not answer, or the history went again: the client is told that something may be missing.
                if !session.isSubscribed(to: match.name) { session.join(match.name) }
                completion(Recovery(publications: [], isComplete: false))
            }
        }
    }

    /// - Returns: `nil`, and nothing is joined, when the history is not in memory or deliveries are under way.
    func readAndJoin(_ channel: ChannelName, _ rules: ChannelRules.History) -> ChannelHistory? {
        // Another loop may publish in between; rarely twice.
        for _ in 0..<8 where !self.hub.isBusy {
            self.platform.deliverWaiting(onLoop: self.hub.index)
            guard self.isOpen else { return nil }
            if let history = self.platform.readHistoryAndListen(channel, rules: rules, onLoop: self.hub.index) {
                self.join(channel, isNoted: true)
                return history
            }
        }
        return nil
    }

    private func recovery(from history: ChannelHistory, since position: String) -> Recovery {
        guard PublicationID.isGiven(position), position <= self.platform.nextStamp().id else {
            return Recovery(publications: [], isComplete: false)
        }
        let (publications, isComplete) = history.after(position)
        return Recovery(publications: Array(publications), isComplete: isComplete)
    }
}
