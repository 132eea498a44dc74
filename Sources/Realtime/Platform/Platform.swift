// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
import Synchronization

/// One contract, running: its rules, its facts, its listeners on every loop, its store.
package final class Platform: Sendable {
    private struct Loop: Sendable {
        let eventLoop: any EventLoop
        let mailbox = LoopMailbox()
        let hub: NIOLoopBoundBox<LoopHub?>
    }

    package let members: MemberTable
    package let records: RecordTable
    package let apps: AppTable
    let credentials: CredentialTable
    let returns: ReturnTable
    package let credentialServices = CredentialServices()
    package let monitoring: MonitorPlace
    package let appServices = AppServices()
    package let commandWatch = CommandWatch()
    let published = PublishedTable()
    package let clock: any WallClock
    package let counters = PlatformCounters()
    let startedAt: Timestamp
    let engine: any Engine
    let commits: CommitLine
    let waits: WaitTable
    let presence: PresenceTable
    package let channelPresence = ChannelPresenceTable()
    let expiries = ExpiryTable()
    let hasStartedWaits = Atomic(false)
    let hasStartedPresence = Atomic(false)
    /// How the platform's own backend is reached.
    package let backend = BackendServices()
    let webhooks: WebhookNotes
    private let dispatcher: NIOLoopBoundBox<WebhookDispatcher?>
    let hasStartedWebhooks = Atomic(false)
    let asked: AskedRights
    let hasStartedAsking = Atomic(false)
    /// A store that takes no events for the backend is reported once.
    let mayReportStore = Atomic(true)

    private let adopted: Mutex<PlatformRules>
    private let sequencer: Mutex<Sequencer>
    private let loops: [Loop]
    private let hasClosed = Atomic(false)
    private let log: @Sendable (String) -> Void
    /// Who did what; for each request, never for each subscriber.
    let audit: (any AuditTrail)?
    /// Takes the lines that the contract wants on standard output.
    let lines: @Sendable (String) -> Void

    /// At most this many loops: interest is a bit for each.
    package static let maximumLoopCount = 64

    /// Reads what the engine kept and makes the hub of every loop.
    ///
    /// - Parameters:
    ///   - eventLoops: 1 to 64.
    ///   - node: tells this node's ids from those of others.
    ///   - audit: takes down what clients do.
    ///   - lines: takes the lines that the contract wants on standard output, without their ends; must not block.
    ///   - log: told what went wrong where nobody waits for an answer.
    package init(
        _ definition: PlatformDefinition,
        dialects: [any Dialect],
        engine: any Engine,
        eventLoops: [any EventLoop],
        clock: any WallClock = SystemClock(),
        node: UInt16 = .random(in: 0...UInt16.max),
        audit: (any AuditTrail)? = nil,
        log: @escaping @Sendable (String) -> Void = { _ in },
        lines: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        precondition((1...Self.maximumLoopCount).contains(eventLoops.count), "a platform runs on 1 to 64 loops")
        let state = try engine.load()
        self.adopted = Mutex(
            PlatformRules(definition, dialects: dialects, limits: PlatformLimits(definition.limits)))
        self.engine = engine
        self.commits = CommitLine(engine)
        self.clock = clock
        self.startedAt = clock.now()
        self.members = MemberTable(state)
        self.records = RecordTable(state)
        self.apps = AppTable(state, rules: definition.apps)
        self.credentials = CredentialTable(state)
        self.returns = ReturnTable(state)
        self.monitoring = MonitorPlace(state)
        self.waits = WaitTable(state, rules: definition.waits, now: clock.now())
        self.presence = PresenceTable(grace: definition.presence?.grace ?? 0)
        self.webhooks = WebhookNotes(state)
        self.asked = AskedRights(now: clock.now())
        self.dispatcher = .makeEmptyBox(eventLoop: eventLoops[0])
        self.sequencer = Mutex(Sequencer(node: node, last: state.lastTime, now: clock.now()))
        self.loops = eventLoops.map { Loop(eventLoop: $0, hub: .makeEmptyBox(eventLoop: $0)) }
        self.log = log
        self.lines = lines
        self.audit = audit
        self.webhooks.setKinds(definition.webhooks?.kinds ?? [])
    }

    /// Begins what the platform does by itself. Connections may come before that.
    package func start() {
        self.startWaits()
        self.startPresence()
        self.reportSuppressedApps()
        self.startWebhooks()
        self.startAsking()
        if let line = self.definition.log.started?.text(in: TemplateScope(now: self.clock.now())) { self.lines(line) }
    }

    // MARK: Rules

    /// What the platform runs by at this moment. Loops have their own, see `LoopHub.rules`.
    package var rules: PlatformRules { self.adopted.withLock { $0 } }

    /// For each message or publication, not for each subscriber: it takes a lock.
    package var definition: PlatformDefinition { _read { yield self.rules.definition } }

    package var dialects: [any Dialect] { self.rules.dialects }

    var limits: PlatformLimits { self.rules.limits }

    /// No reload changes it.
    package var name: String { self.definition.name }

    /// Runs by other rules: the platform at once, each loop when it has delivered what is in its mailbox.
    func exchangeRules(_ new: PlatformRules) {
        let known = Set(self.rules.definition.channels.filter(\.keepsInMemory).map(\.pattern))
        let hasMore = new.definition.channels.contains { $0.keepsInMemory && !known.contains($0.pattern) }
        let wake = self.sequencer.withLock { sequencer in
            self.adopted.withLock { $0 = new }
            sequencer.adopt(hasMore: hasMore) { new.definition.match($0.rawValue)?.rules.history }
            return self.loops.indices.reduce(into: 0 as UInt64) { wake, index in
                if self.loops[index].mailbox.append(.adopt(new)) { wake |= 1 << UInt64(index) }
            }
        }
        self.wake(wake)
    }

    package var eventLoops: [any EventLoop] { self.loops.map(\.eventLoop) }

    /// The hub of the loop that the caller is on; `nil` when the platform has none there, or has closed.
    package func hub(on eventLoop: any EventLoop) -> LoopHub? {
        guard !self.isClosed, let index = self.loops.firstIndex(where: { $0.eventLoop === eventLoop }) else {
            return nil
        }
        return self.hub(at: index)
    }

    private func hub(at index: Int) -> LoopHub {
        let loop = self.loops[index]
        if let hub = loop.hub.value { return hub }
        let hub = LoopHub(eventLoop: loop.eventLoop, index: index, platform: self)
        // After the end it would keep the platform, which keeps it.
        if !self.isClosed { loop.hub.value = hub }
        return hub
    }

    /// Runs a body on every loop; the future, on `eventLoop`, has the results in the loops' order.
    package func onEveryLoop<Value: Sendable>(
        gatheredOn eventLoop: any EventLoop,
        _ body: @escaping @Sendable (LoopHub) -> Value
    ) -> EventLoopFuture<[Value]> {
        let futures = self.loops.indices.map { index in
            self.loops[index].eventLoop.submit { body(self.hub(at: index)) }
        }
        return EventLoopFuture.whenAllSucceed(futures, on: eventLoop)
    }

    // MARK: Publishing

    func nextStamp() -> Stamp {
        let now = self.clock.now()
        return self.sequencer.withLock { $0.nextStamp(now) }
    }

    /// When a commit with these changes takes its place.
    ///
    /// Who leaves a channel still finds what was kept for it until then, and who comes does not: where there are inboxes, a
    /// change of members is therefore at least a millisecond after everything before it.
    func nextCommitTime(_ changes: some Sequence<StateChange>) -> Timestamp {
        let isTold = self.definition.hasInboxes && changes.contains { $0.memberChannel != nil }
        return isTold ? self.nextKeptStamp(userChannels: nil).time : self.nextStamp().time
    }

    func nextKeptStamp(userChannels: [ChannelName]?) -> Stamp {
        let now = self.clock.now()
        return self.sequencer.withLock { $0.nextKeptStamp(now, userChannels: userChannels) }
    }

    /// Reads and changes the histories in memory.
    func withHistories<Value: Sendable>(_ body: (inout HistoryTable) -> Value) -> Value {
        self.sequencer.withLock { body(&$0.histories) }
    }

    /// Notes a subscription on a loop together with what its channel holds in that moment: everything published before is in the
    /// history, everything after comes by the loop's mailbox.
    ///
    /// - Returns: `nil` when the mailbox holds something, which has to be delivered first, or the history has to be fetched.
    func readHistoryAndListen(
        _ channel: ChannelName,
        rules: ChannelRules.History,
        onLoop index: Int
    ) -> ChannelHistory? {
        self.readHistoriesAndListen([(channel, rules)], onLoop: index)?.first
    }

    /// The same for several channels in one moment: everything published before is in one of the histories.
    ///
    /// - Returns: `nil`, and nothing is noted, when one of them cannot be read, or the mailbox holds something.
    func readHistoriesAndListen(
        _ channels: [(name: ChannelName, rules: ChannelRules.History)],
        onLoop index: Int
    ) -> [ChannelHistory]? {
        let now = self.clock.now()
        let areTold = channels.map { self.tellsOccupancy(of: $0.name, remaining: 1) }
        var mustWake = false
        defer { if mustWake { self.wakeWebhooks() } }
        return self.sequencer.withLock { sequencer in
            guard self.loops[index].mailbox.isEmpty else { return nil }
            var histories: [ChannelHistory] = []
            for channel in channels {
                guard
                    case .resident(let history) = sequencer.histories.read(channel.name, rules: channel.rules, now: now)
                else { return nil }
                histories.append(history)
            }
            for (channel, isTold) in zip(channels, areTold) {
                let change = sequencer.changeInterest(in: channel.name, onLoop: index, by: 1, remaining: 1)
                if let change, isTold, self.note(change, of: channel.name, at: now) { mustWake = true }
            }
            return histories
        }
    }

    /// Hands over what waits for the loop that the caller is on.
    func deliverWaiting(onLoop index: Int) { self.hub(at: index).deliver(from: self.loops[index].mailbox) }

    func hasListeners(_ channels: [ChannelName]) -> Bool {
        self.sequencer.withLock { $0.loops(listeningTo: channels) != 0 }
    }

    /// Gives a delivery its place and leaves it in the mailbox of every loop that listens.
    ///
    /// Under the platform's lock, so that every loop meets the deliveries in one order; what is encoded was encoded before.
    /// - Parameters:
    ///   - delivery: handed over, so that time and id are written into its own bytes and not into a copy.
    ///   - completion: the time and id it got, and the connections it reached.
    func send(_ delivery: consuming Delivery, completion: @escaping @Sendable (Stamp, Int) -> Void) {
        let now = self.clock.now()
        let (stamp, isHeard, wake) = self.sequencer.withLock { sequencer -> (Stamp, Bool, UInt64) in
            let stamp = delivery.stamp ?? sequencer.nextStamp(now)
            for entry in delivery.kept {
                sequencer.histories.append(entry.publication.filled(with: stamp), rules: entry.rules)
            }
            // Without frames nobody listened when it was to be encoded.
            let listening = delivery.frames.isEmpty ? 0 : sequencer.loops(listeningTo: delivery.channels)
            if listening == 0 { return (stamp, false, 0) }
            delivery.serial = sequencer.nextSerial()
            for dialect in delivery.frames.indices {
                for frame in delivery.frames[dialect].indices { delivery.frames[dialect][frame].fill(stamp) }
            }
            delivery.tally = Delivery.Tally(loops: listening.nonzeroBitCount) { completion(stamp, $0) }
            var wake: UInt64 = 0
            for index in self.loops.indices where listening & (1 << UInt64(index)) != 0 {
                // One whose mailbox was not empty has been woken already.
                if self.loops[index].mailbox.append(.delivery(delivery)) { wake |= 1 << UInt64(index) }
            }
            return (stamp, true, wake)
        }
        if isHeard { self.wake(wake) } else { completion(stamp, 0) }
    }

    /// Lets every loop end the subscriptions that these users have no right to any more, before it delivers what is sent
    /// after this call.
    func recheck(_ users: Set<UserID>) { self.tellLoops(.recheck(users)) }

    /// Lets every loop end the subscriptions to a channel that has lost its record, behind what was sent before this call.
    func endSubscriptions(to channel: ChannelName) { self.tellLoops(.endSubscriptions(channel)) }

    /// Lets every loop look at subscriptions that rested on what the backend says no longer.
    func recheck(_ question: AskedRights.Question) {
        guard let user = question.user else { return self.tellLoops(.recheckWithoutUser(question.channel)) }
        self.recheck([user])
    }

    private func tellLoops(_ item: LoopMailbox.Item) {
        let wake = self.sequencer.withLock { _ in
            self.loops.indices.reduce(into: 0 as UInt64) { wake, index in
                if self.loops[index].mailbox.append(item) { wake |= 1 << UInt64(index) }
            }
        }
        self.wake(wake)
    }

    /// - Parameter loops: bit n: loop n.
    private func wake(_ loops: UInt64) {
        for index in self.loops.indices where loops & (1 << UInt64(index)) != 0 {
            let loop = self.loops[index]
            if loop.eventLoop.inEventLoop {
                self.hub(at: index).deliver(from: loop.mailbox)
            } else {
                loop.eventLoop.execute { self.hub(at: index).deliver(from: loop.mailbox) }
            }
        }
    }

    /// Notes that a subscription came (`change` 1) or went (-1) on a loop, which leaves `remaining` there.
    func changeInterest(in channel: ChannelName, onLoop loop: Int, by change: Int, remaining: Int) {
        let isTold = self.tellsOccupancy(of: channel, remaining: remaining)
        let mustWake = self.sequencer.withLock { sequencer in
            let change = sequencer.changeInterest(in: channel, onLoop: loop, by: change, remaining: remaining)
            guard let change, isTold else { return false }
            return self.note(change, of: channel, at: self.clock.now())
        }
        if mustWake { self.wakeWebhooks() }
    }

    /// Only on the first loop, where it is made when it is first needed; `nil` when the platform has closed.
    var webhookDispatcher: WebhookDispatcher? {
        if self.isClosed { return nil }
        if let dispatcher = self.dispatcher.value { return dispatcher }
        let dispatcher = WebhookDispatcher(self, on: self.loops[0].eventLoop)
        self.dispatcher.value = dispatcher
        return dispatcher
    }

    // MARK: What the operator sees

    /// Every channel that somebody listens to, with the number of subscriptions, in no order.
    package var subscriberCounts: [(channel: ChannelName, count: Int)] {
        self.sequencer.withLock { $0.subscriberCounts }
    }

    /// How many channels somebody listens to.
    package var subscribedChannelCount: Int { self.sequencer.withLock { $0.channelCount } }

    /// Tells the operator what went wrong where nobody waits for an answer.
    package func report(_ message: String) { self.log(message) }

    // MARK: End

    package var isClosed: Bool { self.hasClosed.load(ordering: .relaxed) }

    /// Commits what is under way and lets go of the store. Blocks; not for event loops. Must be called before a platform is given
    /// up, as until then it and its hubs keep each other.
    package func close() {
        guard !self.hasClosed.exchange(true, ordering: .relaxed) else { return }
        self.credentialServices.exchange(authenticator: nil, issuer: nil)
        self.monitoring.exchange(nil)
        self.appServices.exchange(nil)
        for index in self.loops.indices {
            let loop = self.loops[index]
            loop.eventLoop.execute {
                loop.hub.value?.stop()
                loop.hub.value = nil
            }
        }
        self.loops[0].eventLoop.execute { self.dispatcher.value?.stop() }
        self.keepLastWebhooks()
        self.engine.close()
    }
}
