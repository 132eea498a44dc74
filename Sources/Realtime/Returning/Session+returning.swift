// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

extension Session {
    /// A position before everything that is published from now on.
    package func positionNow() -> String { self.platform.nextStamp().id }

    /// Makes the subscriptions of an earlier connection again, for a session that has none yet, as far as the user may still have them, and collects what was published
    /// to its recoverable channels since: everything, in order, each publication once; or nothing is done.
    ///
    /// What is published from then on is delivered after the completion. Nothing is received from the client until that is done.
    /// - Parameters:
    ///   - selection: what the client had chosen among the channels; `nil`: nothing.
    ///   - position: the last one that the client has heard, unchecked.
    ///   - completion: runs exactly once, on the loop, unless the session ends before; `nil`: something may be missing.
    package func takeUp(
        _ channels: [ChannelName],
        _ selection: ChannelSelection? = nil,
        since position: String,
        completion: @escaping ([StoredPublication]?) -> Void
    ) {
        let questions = self.questions(channels.map(\.rawValue))
        guard questions.isEmpty else {
            return self.ask(questions) { $0.takeUpNow(channels, selection, since: position, completion: completion) }
        }
        self.takeUpNow(channels, selection, since: position, completion: completion)
    }

    /// Where nothing has to be asked any more.
    private func takeUpNow(
        _ channels: [ChannelName],
        _ selection: ChannelSelection?,
        since position: String,
        completion: @escaping ([StoredPublication]?) -> Void
    ) {
        guard PublicationID.isGiven(position), position <= self.platform.nextStamp().id else { return completion(nil) }
        let limit = self.definition.limits.subscriptionsPerConnection
        var matches = channels.prefix(limit).compactMap { self.mayTakeUp($0) }
        let recoverable = matches.filter { $0.rules.isRecoverable && $0.rules.history != nil }
        matches.removeAll { $0.rules.isRecoverable && $0.rules.history != nil }
        self.takeUp(recoverable, since: position, triesLeft: 3) { publications in
            guard var publications else { return completion(nil) }
            for match in matches { self.takeUp(match.name) }
            if let selection {
                self.restore(selection)
                self.leaveOutExceptions(from: &publications)
            }
            completion(publications)
        }
    }

    /// What came by the name for all channels, of a channel that the client had left.
    private func leaveOutExceptions(from publications: inout [StoredPublication]) {
        guard let exceptions = self.selection?.exceptions, !exceptions.isEmpty, !publications.isEmpty else { return }
        var positions: Set<String> = []
        let now = self.platform.clock.now()
        for name in exceptions {
            guard let rules = self.definition.match(name.rawValue)?.rules.history else { continue }
            // One that has to be fetched first leaves nothing out.
            let reading = self.platform.withHistories { $0.read(name, rules: rules, now: now) }
            if case .resident(let history) = reading { positions.formUnion(history.publications.map(\.position)) }
        }
        publications.removeAll { publication in
            positions.contains(publication.position)
                && self.definition.match(publication.channel.rawValue)?.isWildcard == true
        }
    }

    private func mayTakeUp(_ channel: ChannelName) -> PlatformDefinition.Match? {
        if case .success(let match) = self.authorize(channel.rawValue) { return match }
        guard let match = self.definition.match(channel.rawValue), match.rules.isInternal,
            self.isContractJoin(channel, of: self.definition)
        else { return nil }
        return match
    }

    private func takeUp(_ channel: ChannelName, isNoted: Bool = false) {
        guard !self.isSubscribed(to: channel) else { return }
        self.join(channel, isNoted: isNoted)
        self.audit(.subscribe, channel: channel.rawValue, reason: "returned")
    }

    private func takeUp(
        _ matches: [PlatformDefinition.Match],
        since position: String,
        triesLeft: Int,
        completion: @escaping ([StoredPublication]?) -> Void
    ) {
        if matches.isEmpty { return completion([]) }
        if let histories = self.readAndNote(matches) {
            // The platform knows of the subscriptions; they are made, or it is told otherwise.
            for match in matches { self.takeUp(match.name, isNoted: true) }
            let publications = self.missed(in: histories, since: position)
            if publications == nil { self.leaveAll() }
            return completion(publications)
        }
        guard triesLeft > 0, self.isOpen else { return completion(nil) }
        self.pauseReceiving()
        let waiting = NIOLoopBound((self, matches, completion), eventLoop: self.port.eventLoop)
        self.fetch(matches[...]) {
            waiting.eventLoop.execute {
                let (session, matches, completion) = waiting.value
                guard session.isOpen else { return }
                session.resumeReceiving()
                session.takeUp(matches, since: position, triesLeft: triesLeft - 1, completion: completion)
            }
        }
    }

    /// One after the other, as a client may have many.
    private func fetch(_ matches: ArraySlice<PlatformDefinition.Match>, completion: @escaping @Sendable () -> Void) {
        Self.fetch(matches, of: self.platform, completion: completion)
    }

    private static func fetch(
        _ matches: ArraySlice<PlatformDefinition.Match>, of platform: Platform,
        completion: @escaping @Sendable () -> Void
    ) {
        guard let match = matches.first, let rules = match.rules.history else { return completion() }
        platform.fetchHistory(of: match.name, rules: rules) {
            // Not on the thread of the store, which others wait for.
            platform.eventLoops[0].execute { Self.fetch(matches.dropFirst(), of: platform, completion: completion) }
        }
    }

    /// - Returns: `nil`, and nothing is noted, when not every history is in memory or deliveries are under way.
    private func readAndNote(_ matches: [PlatformDefinition.Match]) -> [ChannelHistory]? {
        let channels = matches.compactMap { match in match.rules.history.map { (match.name, $0) } }
        // Another loop may publish in between; rarely twice.
        for _ in 0..<8 where !self.hub.isBusy {
            self.platform.deliverWaiting(onLoop: self.hub.index)
            guard self.isOpen else { return nil }
            if let histories = self.platform.readHistoriesAndListen(channels, onLoop: self.hub.index) {
                return histories
            }
        }
        return nil
    }

    /// - Returns: `nil`: not everything is there, or it is more than may wait for one connection.
    private func missed(in histories: [ChannelHistory], since position: String) -> [StoredPublication]? {
        var missed: [StoredPublication] = []
        var byteCount = 0
        for history in histories {
            let (publications, isComplete) = history.after(position)
            guard isComplete else { return nil }
            for publication in publications {
                byteCount += publication.memoryByteCount
                guard byteCount <= self.definition.limits.queueByteCount else { return nil }
                missed.append(publication)
            }
        }
        missed.sort { $0.position < $1.position }
        var last: String?
        // One that went to several channels is told once.
        missed.removeAll { publication in
            defer { last = publication.position }
            return publication.position == last
        }
        return missed
    }
}
