// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Who listens on one loop, for one platform. Owned by `eventLoop`; touch it nowhere else.
package final class LoopHub {
    package let eventLoop: any EventLoop
    /// The loop's place among the platform's loops.
    let index: Int
    unowned let platform: Platform

    private var channels: [ChannelName: LoopChannel] = [:]
    private var sessions: [UInt64: Session] = [:]
    private var sessionsByUser: [UserID: [Session]] = [:]

    /// Channels with an unfinished run, in the order in which the runs began.
    private var unfinished: [LoopChannel] = []
    private var waitingSince: [NIODeadline] = []
    private var isFlushScheduled = false

    private var wheel: DeadlineWheel
    private var nextTick: Scheduled<Void>?

    package var statistics = LoopStatistics()

    init(eventLoop: any EventLoop, index: Int, platform: Platform) {
        self.eventLoop = eventLoop
        self.index = index
        self.platform = platform
        self.wheel = DeadlineWheel(now: platform.clock.now().milliseconds)
    }

    // MARK: Connections

    func add(_ session: Session) {
        self.sessions[session.port.number] = session
        if let user = session.identity?.user { self.sessionsByUser[user, default: []].append(session) }
        self.statistics.connections += 1
        self.statistics.connectionsOpened += 1
        let now = self.platform.clock.now().milliseconds
        self.wheel.add(session.port.number, at: now + self.platform.definition.heartbeat.every)
        if let expiresAt = session.identity?.expiresAt, self.platform.definition.auth.onExpiry == .close {
            self.wheel.add(session.port.number, at: expiresAt)
        }
        self.startTicking()
    }

    func remove(_ session: Session) {
        guard self.sessions.removeValue(forKey: session.port.number) != nil else { return }
        self.statistics.connections -= 1
        guard let user = session.identity?.user else { return }
        self.sessionsByUser[user]?.removeAll { $0 === session }
        if self.sessionsByUser[user]?.isEmpty == true { self.sessionsByUser[user] = nil }
    }

    /// Turns away a connection that never became a session: with the platform's words, then closed for good.
    package func refuse(_ port: any OutboundPort, _ error: RequestError, dialectIndex: Int) {
        self.statistics.errors[error.code, default: 0] += 1
        var scope = TemplateScope(now: self.platform.clock.now())
        scope.connectionNumber = port.number
        scope.error = error
        let message = self.platform.definition.message(of: error, in: scope)
        scope.errorMessage = message
        if let frame = self.platform.dialects[dialectIndex].encode(.failed(error), in: scope) { port.send(frame) }
        let ending = self.platform.definition.ending(for: error, message: message)
        port.close(ending?.code ?? .policyViolation, reason: ending?.reason ?? message)
    }

    package var allSessions: some Sequence<Session> { self.sessions.values }

    package func session(_ number: UInt64) -> Session? { self.sessions[number] }

    package func sessions(of user: UserID) -> [Session] { self.sessionsByUser[user] ?? [] }

    // MARK: Subscriptions

    func join(_ session: Session, to name: ChannelName) -> Subscription {
        let channel: LoopChannel
        if let known = self.channels[name] {
            channel = known
        } else {
            channel = LoopChannel(name: name, dialectCount: self.platform.dialects.count)
            self.channels[name] = channel
        }
        let slot = channel.add(session)
        self.statistics.subscriptions += 1
        self.platform.changeInterest(in: name, onLoop: self.index, by: 1)
        return Subscription(channel: channel, slot: slot)
    }

    func leave(_ subscription: Subscription) {
        subscription.channel.remove(slot: subscription.slot)
        self.statistics.subscriptions -= 1
        self.platform.changeInterest(in: subscription.channel.name, onLoop: self.index, by: -1)
        if subscription.channel.count == 0 { self.channels[subscription.channel.name] = nil }
    }

    /// Ends the subscriptions of these users that their rights no longer cover (RNG-D11).
    func recheck(_ users: Set<UserID>) {
        for user in users {
            for session in self.sessions(of: user) { session.recheckSubscriptions() }
        }
    }

    // MARK: Fan-out

    /// Hands over what the platform left in this loop's mailbox.
    func deliver(_ deliveries: [Delivery]) {
        for delivery in deliveries {
            let count = delivery.channels.count == 1 ? self.deliverToOne(delivery) : self.deliverToSeveral(delivery)
            self.statistics.deliveries += UInt64(count)
            delivery.tally?.report(count)
        }
    }

    private func deliverToOne(_ delivery: Delivery) -> Int {
        guard let channel = self.channels[delivery.channels[0]] else { return 0 }
        if channel.join(delivery) { self.unfinished.append(channel) }
        self.scheduleFlush(since: delivery.publishedAt)
        return channel.count
    }

    private func deliverToSeveral(_ delivery: Delivery) -> Int {
        var count = 0
        for (index, name) in delivery.channels.enumerated() {
            guard let channel = self.channels[name] else { continue }
            count += channel.send(delivery, channelIndex: index)
        }
        self.record(delivery.publishedAt, now: .now())
        return count
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
        for channel in self.unfinished { channel.flush() }
        self.unfinished.removeAll(keepingCapacity: true)
        let now = NIODeadline.now()
        for publishedAt in self.waitingSince { self.record(publishedAt, now: now) }
        self.waitingSince.removeAll(keepingCapacity: true)
    }

    private func record(_ publishedAt: NIODeadline, now: NIODeadline) {
        self.statistics.latency.record(microseconds: (now - publishedAt).nanoseconds / 1000)
    }

    // MARK: Time

    private func startTicking() {
        guard self.nextTick == nil else { return }
        self.nextTick = self.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in self?.tick() }
    }

    private func tick() {
        self.nextTick = nil
        let now = self.platform.clock.now().milliseconds
        let heartbeat = self.platform.definition.heartbeat
        for number in self.wheel.advance(to: now) {
            guard let session = self.sessions[number] else { continue }
            if session.hasExpired(at: now) {
                session.fail(RequestError(.expired, "the token has expired"))
                continue
            }
            // An entry that is neither an end nor a ping that is due was left by an earlier rhythm.
            guard session.isPingDue(at: now, every: heartbeat.every) else { continue }
            session.port.ping(timeout: .milliseconds(heartbeat.timeout))
            self.wheel.add(number, at: now + heartbeat.every)
        }
        if !self.sessions.isEmpty || !self.wheel.isEmpty { self.startTicking() }
    }

    func stop() {
        self.nextTick?.cancel()
        self.nextTick = nil
    }
}

@available(*, unavailable)
extension LoopHub: Sendable {}
