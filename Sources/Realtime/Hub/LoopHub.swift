// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import NIOCore

/// Who listens on one loop, for one platform. Owned by `eventLoop`; touch it nowhere else.
package final class LoopHub {
    package let eventLoop: any EventLoop
    /// The loop's place among the platform's loops.
    let index: Int
    /// Kept by it in turn, until it closes: sessions may outlive that and still need it.
    package let platform: Platform
    /// What this loop runs by.
    package private(set) var rules: PlatformRules

    private var channels: [ChannelName: LoopChannel] = [:]
    /// Channels that ever were, each counted again when the rules change.
    private var channelCount: UInt64 = 0
    private var sessions: [UInt64: Session] = [:]
    /// Each session knows its place, so that one of many connections of one user leaves as fast as the only one.
    private var sessionsByUser: [UserID: [Session]] = [:]

    private var isDelivering = false
    private var isCalledAgain = false
    /// Subscriptions that are looked at again, as the backend could not be asked.
    var laterRechecks: Set<LaterRecheck> = []
    /// Empty between deliveries; kept for its memory.
    private var spareItems: [LoopMailbox.Item] = []

    /// Channels with an unfinished run, in the order in which the runs began.
    private var unfinished: [LoopChannel] = []
    private var waitingSince: [NIODeadline] = []
    private var isFlushScheduled = false

    /// Numbers of sessions, so that one that has left keeps nothing alive; each is in here once. Driven by the loop's clock.
    private var wheel: DeadlineWheel<UInt64>
    private var nextTick: Scheduled<Void>?

    package var statistics = LoopStatistics()
    /// By the connection's number; empty without an audit trail.
    var auditNotes: [UInt64: AuditNote] = [:]

    init(eventLoop: any EventLoop, index: Int, platform: Platform) {
        self.eventLoop = eventLoop
        self.index = index
        self.platform = platform
        self.rules = platform.rules
        self.wheel = DeadlineWheel(now: Self.milliseconds(eventLoop.now))
    }

    private static func milliseconds(_ moment: NIODeadline) -> Int64 {
        Int64(moment.uptimeNanoseconds / 1_000_000)
    }

    /// Milliseconds of a clock that nobody sets.
    var now: Int64 { Self.milliseconds(self.eventLoop.now) }

    // MARK: Connections

    func add(_ session: Session) {
        self.sessions[session.port.number] = session
        self.platform.note(.connected, of: session)
        if let user = session.identity?.user {
            session.placeAmongUsers = self.sessionsByUser[user]?.count ?? 0
            self.sessionsByUser[user, default: []].append(session)
            if self.rules.tracksPresence { self.platform.userCame(user) }
        }
        self.statistics.connections += 1
        self.statistics.connectionsOpened += 1
        self.platform.counters.changeConnections(by: 1)
        self.schedule(session)
        self.startTicking()
    }

    func remove(_ session: Session) {
        guard self.sessions.removeValue(forKey: session.port.number) != nil else { return }
        self.statistics.connections -= 1
        self.platform.counters.changeConnections(by: -1)
        self.platform.note(.disconnected, of: session)
        if self.rules.tracksPresence, let user = session.identity?.user { self.platform.userLeft(user) }
        guard let user = session.identity?.user, var others = self.sessionsByUser.removeValue(forKey: user) else {
            return
        }
        if let last = others.popLast(), last !== session {
            others[session.placeAmongUsers] = last
            last.placeAmongUsers = session.placeAmongUsers
        }
        if !others.isEmpty { self.sessionsByUser[user] = others }
    }

    /// Turns away a connection that never became a session: with the platform's words, then closed for good.
    package func refuse(_ port: any OutboundPort, _ error: RequestError, dialectIndex: Int) {
        self.statistics.errors[error.code, default: 0] += 1
        var scope = TemplateScope(now: self.platform.clock.now())
        scope.connectionNumber = port.number
        let definition = self.rules.definition
        let message = definition.describe(error, in: &scope)
        if let frame = self.rules.dialect(dialectIndex).encode(.failed(error), in: scope) { port.send(frame) }
        let ending = definition.finalEnding(for: error, message: message)
        port.close(ending.code, reason: ending.reason)
    }

    package var allSessions: some Sequence<Session> { self.sessions.values }

    package func session(_ number: UInt64) -> Session? { self.sessions[number] }

    package func sessions(of user: UserID) -> [Session] { self.sessionsByUser[user] ?? [] }

    // MARK: Subscriptions

    /// - Parameter isNoted: the platform knows of the subscription already.
    func join(_ session: Session, to name: ChannelName, isNoted: Bool = false) -> Subscription {
        // Before the channel is looked up: sending may end connections, and with the last one the channel.
        self.channels[name]?.flush()
        let channel: LoopChannel
        if let known = self.channels[name] {
            channel = known
        } else {
            channel = self.makeChannel(name)
            self.channels[name] = channel
        }
        let slot = channel.add(session)
        self.statistics.subscriptions += 1
        if channel.isToldOf { self.platform.note(.subscribed, of: session, in: name) }
        if channel.isAskedFor { self.platform.asked.hold(.init(session.identity, name)) }
        if channel.presence != nil, let identity = session.identity { self.platform.came(identity, to: name) }
        if !isNoted {
            self.platform.changeInterest(in: name, onLoop: self.index, by: 1, remaining: channel.count)
        }
        return Subscription(channel: channel, slot: slot)
    }

    private func makeChannel(_ name: ChannelName) -> LoopChannel {
        let channel = LoopChannel(name: name, dialectCount: 1)
        self.setTerms(of: channel)
        return channel
    }

    /// Lets the loop's rules hold for a channel.
    func setTerms(of channel: LoopChannel) {
        let rules = self.rules.definition.match(channel.name.rawValue)?.rules
        let slow = rules?.slow ?? .close
        self.count(rules?.presence, in: channel)
        self.holdRights(in: channel, isAskedFor: rules?.ask != nil)
        channel.isToldOf = rules.map { self.rules.definition.webhooks?.concerns($0) == true } ?? false
        self.channelCount &+= 1
        channel.setTerms(
            dialectCount: self.rules.dialects.count, queueNumber: slow == .close ? nil : self.channelCount)
    }

    /// Counts, or no longer counts, who is online in a channel.
    private func count(_ presence: ChannelPresenceRules?, in channel: LoopChannel) {
        let wasCounted = channel.presence != nil
        channel.presence = presence
        guard wasCounted != (presence != nil) else { return }
        for case let identity? in channel.sessions.map(\.identity) {
            if wasCounted {
                self.platform.left(identity.user, channel.name, grace: 0)
            } else {
                self.platform.came(identity, to: channel.name)
            }
        }
    }

    /// Counts, or no longer counts, what rests on answers of the backend.
    private func holdRights(in channel: LoopChannel, isAskedFor: Bool) {
        guard channel.isAskedFor != isAskedFor else { return }
        channel.isAskedFor = isAskedFor
        for session in channel.sessions {
            let question = AskedRights.Question(session.identity, channel.name)
            if isAskedFor { self.platform.asked.hold(question) } else { self.platform.asked.release(question) }
        }
    }

    var allChannels: [LoopChannel] { Array(self.channels.values) }

    /// - Returns: the rules until now.
    func exchangeRules(_ new: PlatformRules) -> PlatformRules {
        defer { self.rules = new }
        return self.rules
    }

    /// - Parameter isLost: with the connection, which did not say that it would go.
    func leave(_ subscription: Subscription, of session: Session, isLost: Bool) {
        let channel = subscription.channel
        channel.remove(slot: subscription.slot)
        self.statistics.subscriptions -= 1
        if channel.isToldOf { self.platform.note(.unsubscribed, of: session, in: channel.name) }
        if channel.isAskedFor {
            self.platform.asked.release(.init(session.identity, channel.name))
        }
        if let presence = channel.presence, let user = session.identity?.user {
            self.platform.left(user, channel.name, grace: isLost ? presence.grace : 0)
        }
        self.platform.changeInterest(in: channel.name, onLoop: self.index, by: -1, remaining: channel.count)
        if channel.count == 0 { self.channels[channel.name] = nil }
    }

    func channel(_ name: ChannelName) -> LoopChannel? { self.channels[name] }

    /// Ends the subscriptions of these users that their rights no longer cover (RNG-D11), and makes those that they have got
    /// a part in.
    private func recheck(_ users: Set<UserID>) {
        for user in users {
            for session in self.sessions(of: user) {
                session.recheckSubscriptions()
                session.joinMemberChannels()
            }
        }
    }

    /// Whether deliveries are under way, which have to end before a history is read.
    var isBusy: Bool { self.isDelivering }

    // MARK: Fan-out

    /// Hands over what the platform left in this loop's mailbox.
    ///
    /// A receipt that makes its receiver publish again leads back here; that publication waits until those before it are through.
    /// What comes meanwhile is left for the next turn, so that publishers who never stop do not keep the loop from its sockets.
    func deliver(from mailbox: LoopMailbox) {
        guard !self.isDelivering else {
            self.isCalledAgain = true
            return
        }
        self.isDelivering = true
        let spare = self.spareItems
        self.spareItems = []
        var items = mailbox.exchange(spare)
        for item in items {
            switch item {
            case .delivery(let delivery): self.deliver(delivery)
            case .recheck(let users): self.recheck(users)
            case .recheckWithoutUser(let name):
                guard let channel = self.channels[name] else { continue }
                for session in channel.sessions where session.identity == nil { session.recheck(channel) }
            case .endSubscriptions(let channel): self.endSubscriptions(to: channel)
            case .adopt(let rules): self.adopt(rules)
            }
        }
        items.removeAll(keepingCapacity: items.capacity <= Self.spareItemCount)
        self.spareItems = items
        self.isDelivering = false
        guard self.isCalledAgain else { return }
        self.isCalledAgain = false
        self.eventLoop.assumeIsolated().execute { self.deliver(from: mailbox) }
    }

    /// The most that an emptied mailbox keeps memory for.
    private static let spareItemCount = 64

    private func deliver(_ delivery: Delivery) {
        let isForAll = delivery.channels.count == 1 && delivery.except == nil
        let count = isForAll ? self.deliverToOne(delivery) : self.deliverToSeveral(delivery)
        self.statistics.deliveries += UInt64(count)
        delivery.tally?.report(count)
        if self.rules.limits.rules.idleCountsBoth { self.noteDelivery(to: delivery.channels) }
        if let grace = delivery.endsConnectionsAfter { self.endConnections(of: delivery.channels, after: grace) }
    }

    private func deliverToOne(_ delivery: Delivery) -> Int {
        guard let channel = self.channels[delivery.channels[0]] else { return 0 }
        if self.rules.keepsOrderAcrossChannels { self.flushUnfinished(but: channel) }
        if channel.join(delivery) { self.unfinished.append(channel) }
        self.scheduleFlush(since: delivery.publishedAt)
        return channel.count
    }

    private func deliverToSeveral(_ delivery: Delivery) -> Int {
        if self.rules.keepsOrderAcrossChannels { self.flushUnfinished() }
        var count = 0
        if let except = delivery.except {
            // They have had it already, as far as the channels can tell.
            for session in self.sessions(of: except) { _ = session.takeTurn(delivery.serial) }
        }
        for (index, name) in delivery.channels.enumerated() {
            guard let channel = self.channels[name] else { continue }
            for wildcard in delivery.wildcards where wildcard.index == index {
                channel.passOver(wildcard.names, serial: delivery.serial)
            }
            count += channel.send(delivery, channelIndex: index)
        }
        self.record(delivery.publishedAt, now: .now())
        return count
    }

    /// Ends the runs of other channels, so that positions rise on every connection.
    private func flushUnfinished(but channel: LoopChannel? = nil) {
        guard let last = self.unfinished.last, last !== channel || self.unfinished.count > 1 else { return }
        let channels = self.unfinished
        self.unfinished = []
        for unfinished in channels { unfinished.flush() }
    }

    /// What is published in one turn of the loop leaves together at its end.
    private func scheduleFlush(since publishedAt: NIODeadline) {
        self.waitingSince.append(publishedAt)
        guard !self.isFlushScheduled else { return }
        self.isFlushScheduled = true
        self.eventLoop.assumeIsolated().execute { self.flush() }
    }

    private func flush() {
        self.isFlushScheduled = false
        let (channels, waitingSince) = (self.unfinished, self.waitingSince)
        self.unfinished.removeAll(keepingCapacity: true)
        self.waitingSince.removeAll(keepingCapacity: true)
        for channel in channels { channel.flush() }
        let now = NIODeadline.now()
        for publishedAt in waitingSince { self.record(publishedAt, now: now) }
    }

    private func record(_ publishedAt: NIODeadline, now: NIODeadline) {
        self.statistics.latency.record(microseconds: (now - publishedAt).nanoseconds / 1000)
    }

    // MARK: Time

    private func schedule(_ session: Session) {
        self.wheel.add(session.port.number, at: session.nextDeadline(now: self.now, wallClock: self.platform.clock))
    }

    private func startTicking() {
        guard self.nextTick == nil else { return }
        let next = NIODeadline.uptimeNanoseconds(UInt64(self.wheel.nextSecond) * 1_000_000)
        self.nextTick = self.eventLoop.assumeIsolated().scheduleTask(deadline: max(next, self.eventLoop.now)) {
            [weak self] in self?.tick()
        }
    }

    private func tick() {
        self.nextTick = nil
        let heartbeat = self.rules.definition.heartbeat
        let now = self.now
        for number in self.wheel.advance(to: now) {
            guard let session = self.sessions[number] else { continue }
            let wallClock = self.platform.clock.now().milliseconds
            if session.hasExpired(at: wallClock) {
                session.expire()
                if session.isEnding { self.schedule(session) }
                continue
            }
            if let reason = session.overdue(at: now) {
                session.end(reason)
                continue
            }
            session.confirm(at: wallClock)
            if session.takePing(now: now, every: heartbeat.every) {
                session.port.ping(timeout: .milliseconds(heartbeat.timeout))
            }
            self.schedule(session)
        }
        if !self.sessions.isEmpty { self.startTicking() }
    }

    func stop() {
        self.nextTick?.cancel()
        self.nextTick = nil
    }
}

@available(*, unavailable)
extension LoopHub: Sendable {}
