// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

/// A client whose rights the platform's backend decides about.
extension Session {
    /// The channels among these about which the backend has to be asked first.
    func questions(_ names: [String]) -> [PlatformDefinition.Match] {
        // Nobody asks on behalf of a client that is refused anyway.
        guard self.hub.rules.asksBackend, !self.isOverSubscriptionRate else { return [] }
        return self.platform.questions(names, for: self.identity, under: self.hub.rules)
    }

    /// Has the backend asked, and goes on when it has answered, unless the session ends before. Nothing is received from the client
    /// until that is done.
    func ask(_ questions: [PlatformDefinition.Match], then body: @escaping (Session) -> Void) {
        self.pauseReceiving()
        self.whenAnswered(questions) { session in
            body(session)
            session.resumeReceiving()
        }
    }

    /// The same for what the client does not wait for.
    func whenAnswered(_ questions: [PlatformDefinition.Match], then body: @escaping (Session) -> Void) {
        let waiting = NIOLoopBound((self, body), eventLoop: self.port.eventLoop)
        self.platform.ask(questions, for: self.identity) {
            waiting.eventLoop.execute {
                let (session, body) = waiting.value
                if session.isOpen { body(session) }
            }
        }
    }

    /// Ends a subscription that there is no right to any more. Where only the backend knows, it stays until that has answered: what cannot
    /// be found out takes nothing away, and is asked again a moment later.
    func recheck(_ channel: LoopChannel) { self.recheck(channel, hasAsked: false) }

    private func recheck(_ channel: LoopChannel, hasAsked: Bool) {
        guard let match = self.definition.match(channel.name.rawValue), !match.rules.isInternal,
            self.isSubscribed(to: channel.name), let error = self.platform.refusal(to: match, for: self.identity)
        else { return }
        guard error.code == .unavailable else {
            return self.endSubscription(to: channel, pattern: match.rules.pattern)
        }
        if !hasAsked, self.platform.mustAsk(match, for: self.identity) {
            return self.whenAnswered([match]) { $0.recheck(channel, hasAsked: true) }
        }
        self.hub.recheckLater(channel.name, of: self)
    }
}

extension LoopHub {
    /// A subscription that is looked at again.
    struct LaterRecheck: Hashable {
        /// Who is kept until then.
        let session: ObjectIdentifier
        let channel: ChannelName
    }

    /// Milliseconds. Not all at one moment, as they may be many.
    private static let recheckDelays: ClosedRange<Int64> = 1000...2000

    /// Looks at a subscription again in a moment, once however often it is called until then.
    fileprivate func recheckLater(_ name: ChannelName, of session: Session) {
        let recheck = LaterRecheck(session: ObjectIdentifier(session), channel: name)
        guard self.laterRechecks.insert(recheck).inserted else { return }
        let delay = TimeAmount.milliseconds(Int64.random(in: Self.recheckDelays))
        self.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            guard let self else { return }
            self.laterRechecks.remove(recheck)
            guard session.isOpen, let channel = self.channel(name) else { return }
            session.recheck(channel)
        }
    }
}
