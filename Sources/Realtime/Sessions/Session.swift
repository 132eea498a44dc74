// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import JSON
import NIOCore

/// One client that is connected and known: its rights, its subscriptions, its way out. Owned by its connection's loop.
package final class Session {
    package let port: any OutboundPort
    package private(set) var identity: Identity?
    package let connectedAt: Timestamp
    package let dialectIndex: Int
    let hub: LoopHub

    private(set) var subscriptions: [Subscription] = []
    /// What the client has chosen among channels that have one name for all of them; made when there is something to note.
    var selection: ChannelSelection?
    /// Of a client that is told positions: the one at which the contract has joined it to a channel with a history, until the client
    /// asks for what was before.
    var joinPositions: [ChannelName: String] = [:]
    private var subscribeRequests = SlidingWindow()
    /// The end was announced and will come.
    var isEnding = false
    /// And only because the credential has expired.
    var endsByExpiry = false
    /// Of the credential: how many expiries were called off.
    var expiryNumber: UInt16 = 0
    /// When the next ping is due, in the hub's milliseconds.
    private var nextPing: Int64
    /// Where the hub has this session among those of its user.
    var placeAmongUsers = 0
    /// The connection's other sessions, and this one; `nil`: there can be no others.
    var group: SessionGroup?
    // In an order that leaves no gaps between them.
    /// Where the connection comes from, where a limit asks for that.
    let address: PeerAddress?
    /// `false` after `close`: nothing can be asked or told any more.
    package private(set) var isOpen = true
    /// Whether the contract's own subscriptions for every connection are made for this one.
    private let takesJoins: Bool
    /// Whether this connection counts among those of its user and address.
    private var isCounted: Bool
    /// What counts the connection instead, for all of its sessions.
    private let sharedAdmission: Admission?
    /// Subscriptions that the contract makes for the namespace that the client has joined. The rights were checked.
    package var namespaceJoins: [ChannelName] = []
    /// How many have asked that nothing be received for now.
    private var pauses: UInt16 = 0
    /// The client's events that apps have not answered yet.
    var callCount: UInt8 = 0
    /// Seconds of the hub's clock, rounded up: when the session began, and when the client sent its last message.
    private let openingSecond: UInt32
    private var messageSecond: UInt32
    /// Made when it is needed.
    private var countsIfAny: ConnectionLimits?
    /// The serial of the last publication to several channels that was sent to this connection.
    private var lastSerial: UInt64 = 0
    /// How the user is confirmed where his identity says until when it is; without one the connection ends then.
    package var confirmation: Confirmation?
    /// Messages that the client has sent.
    package private(set) var messageCount: UInt64 = 0

    /// Makes the session known to the platform; `close` ends that.
    ///
    /// - Parameters:
    ///   - admission: passed, where the platform limits connections; its counts are the session's from now on, unless it is shared.
    ///   - takesJoins: the contract's own subscriptions for every connection are made for this one.
    package init(
        port: any OutboundPort, identity: Identity?, dialectIndex: Int, hub: LoopHub, admission: Admission? = nil,
        takesJoins: Bool = true
    ) {
        self.port = port
        self.identity = identity
        self.dialectIndex = dialectIndex
        self.hub = hub
        self.takesJoins = takesJoins
        self.connectedAt = hub.platform.clock.now()
        let now = hub.now
        self.nextPing = now + hub.rules.definition.heartbeat.every
        self.openingSecond = Self.second(now)
        self.messageSecond = self.openingSecond
        (self.address, self.isCounted) = admission?.handOver() ?? (nil, false)
        self.sharedAdmission = admission?.isShared == true ? admission : nil
        hub.add(self)
        self.writeLine(self.hub.rules.definition.log.connected)
    }

    package var platform: Platform { self.hub.platform }

    /// The contract, as it is on this connection's loop.
    package var definition: PlatformDefinition { _read { yield self.hub.rules.definition } }

    /// What this connection is spoken to in.
    package var dialect: any Dialect { self.hub.rules.dialect(self.dialectIndex) }

    /// Leaves every channel and is forgotten. The connection itself ends elsewhere.
    ///
    /// - Parameter isDeliberate: the client said that it goes, so that nobody waits for it to come back.
    package func close(isDeliberate: Bool = false) {
        guard self.isOpen else { return }
        self.isOpen = false
        self.leaveAll(isLost: !isDeliberate)
        self.hub.remove(self)
        self.group?.remove(self)
        if self.isCounted {
            if let user = self.identity?.user { self.hub.rules.limits.leave(user) }
            if let address = self.address { self.hub.rules.limits.leave(address) }
        }
        self.writeLine(self.hub.rules.definition.log.disconnected)
        self.auditClosing()
    }

    var takesContractJoins: Bool { self.takesJoins }

    func leaveAll(isLost: Bool = false) {
        while let channel = self.subscriptions.last?.channel { self.leave(channel, isLost: isLost) }
    }

    // MARK: Operations

    /// Joins a channel after every check. Joining twice changes nothing and succeeds.
    ///
    /// - Returns: the channel with its rules.
    package func subscribe(to text: String) -> Result<PlatformDefinition.Match, RequestError> {
        let result = self.join(text)
        self.audit(.subscribe, channel: text, error: result.failure)
        return result
    }

    private func join(_ text: String) -> Result<PlatformDefinition.Match, RequestError> {
        if let error = self.admitRequest(text) { return .failure(error) }
        switch self.authorize(text) {
        case .failure(let error): return .failure(error)
        case .success(let match):
            if self.isSubscribed(to: match.name) {
                self.choose(match)
                return .success(match)
            }
            if let error = self.admitAnother(text) { return .failure(error) }
            self.choose(match)
            self.join(match.name)
            return .success(match)
        }
    }

    /// Whether a subscription may be asked for and made now; `nil`: it may.
    func admitSubscription(_ text: String) -> RequestError? { self.admitRequest(text) ?? self.admitAnother(text) }

    private func admitRequest(_ text: String) -> RequestError? {
        guard self.isOpen else { return .disconnected }
        guard let rate = self.hub.rules.definition.limits.subscriptionRate,
            !self.subscribeRequests.admit(at: self.hub.now, under: rate)
        else { return nil }
        self.noteExcess(.subscriptions, at: self.hub.now)
        var error = RequestError(.rateLimited, "too many subscription requests; ask again later", channel: text)
        error.retryAfter = self.subscribeRequests.wait(at: self.hub.now, under: rate)
        return error
    }

    /// A request to subscribe would be refused now.
    var isOverSubscriptionRate: Bool {
        guard let rate = self.hub.rules.definition.limits.subscriptionRate else { return false }
        return self.subscribeRequests.wait(at: self.hub.now, under: rate) > 0
    }

    func admitAnother(_ text: String) -> RequestError? {
        let limit = self.hub.rules.definition.limits.subscriptionsPerConnection
        guard self.subscriptions.count + (self.selection?.exceptions.count ?? 0) >= limit else { return nil }
        return RequestError(.tooManySubscriptions, "a connection may hold \(limit) subscriptions", channel: text)
    }

    func isSubscribed(to name: ChannelName) -> Bool { self.subscription(to: name) != nil }

    /// - Parameter isNoted: the platform knows of the subscription already.
    func join(_ name: ChannelName, isNoted: Bool = false) {
        self.subscriptions.append(self.hub.join(self, to: name, isNoted: isNoted))
    }

    /// Leaves a channel; leaving one that was not joined succeeds.
    package func unsubscribe(from text: String) -> Result<PlatformDefinition.Match, RequestError> {
        guard let match = self.hub.rules.definition.match(text), !match.rules.isInternal else {
            self.audit(.unsubscribe, channel: text, error: .invalidChannel(text))
            return .failure(.invalidChannel(text))
        }
        if let subscription = self.subscription(to: match.name) { self.leave(subscription.channel) }
        let refusal = match.rules.wildcard == nil ? nil : self.leaveSelection(match)
        self.audit(.unsubscribe, channel: text, error: refusal)
        return refusal.map { .failure($0) } ?? .success(match)
    }

    func subscription(to name: ChannelName) -> Subscription? {
        // Among many subscriptions addresses are found faster than names.
        guard let channel = self.hub.channel(name) else { return nil }
        return self.subscriptions.first { $0.channel === channel }
    }

    func leave(_ channel: LoopChannel, isLost: Bool = false) {
        // First, as sending may end connections and move this one's place.
        channel.flush()
        self.forgetExceptions(in: channel)
        guard let index = self.subscriptions.lastIndex(where: { $0.channel === channel }) else { return }
        self.hub.leave(self.subscriptions.remove(at: index), of: self, isLost: isLost)
    }

    /// Whether the user may subscribe to the channel that the text names.
    package func authorize(_ text: String) -> Result<PlatformDefinition.Match, RequestError> {
        guard let match = self.hub.rules.definition.match(text), !match.rules.isInternal else {
            return .failure(.invalidChannel(text))
        }
        // First, as nobody has a right to what is not there.
        guard !match.rules.existsByRecord || self.platform.records[match.name] != nil else {
            return .failure(.noChannel(text))
        }
        if let error = self.platform.refusal(to: match, for: self.identity) { return .failure(error) }
        return .success(match)
    }

    /// What a message that is none of the platform's is called.
    private static let invalidCodes: Set<RequestError.Code> = [.invalidMessage, .binaryMessage, .unknownCommand]

    /// Answers a request with an error in the platform's words, and closes where the platform says so.
    ///
    /// - Parameters:
    ///   - args: the request, which the platform's words may quote.
    ///   - command: its name.
    ///   - answer: tells the client; `nil`: the platform's words for an error do.
    package func fail(
        _ error: RequestError, args: JSONNode? = nil, command: String? = nil,
        answer: ((TemplateScope) -> Void)? = nil
    ) {
        if Self.invalidCodes.contains(error.code), self.isOpen, !self.admitInvalidMessage() {
            return self.end(.tooManyInvalid)
        }
        guard let message = self.tell(error, args: args, command: command, answer: answer) else { return }
        if let ending = self.hub.rules.definition.ending(for: error, message: message) {
            self.noteEnding(error.code)
            self.port.close(ending.code, reason: ending.reason)
        }
    }

    /// Tells the client why, and closes, whatever the contract says of the error.
    package func end(_ error: RequestError) {
        guard let message = self.tell(error, args: nil) else { return }
        let ending = self.hub.rules.definition.finalEnding(for: error, message: message)
        self.noteEnding(error.code)
        self.port.close(ending.code, reason: ending.reason)
    }

    /// - Returns: the message in the platform's words; `nil` when nobody is there any more.
    private func tell(
        _ error: RequestError, args: JSONNode?, command: String? = nil, answer: ((TemplateScope) -> Void)? = nil
    ) -> String? {
        guard self.isOpen else { return nil }
        self.hub.statistics.errors[error.code, default: 0] += 1
        var scope = TemplateScope(now: self.platform.clock.now())
        scope.args = args
        scope.commandName = command
        self.fill(&scope)
        scope.channel = error.channel
        scope.channelPattern = error.channel.flatMap { self.hub.rules.definition.match($0)?.rules.pattern }
        let message = self.hub.rules.definition.describe(error, in: &scope)
        if let answer {
            answer(scope)
        } else if let frame = self.dialect.encode(.failed(error), in: scope) {
            self.port.send(frame)
        }
        return message
    }

    /// Tells the client something by itself, where the platform has words for it.
    package func notify(_ notice: Notice) {
        var scope = TemplateScope(now: self.platform.clock.now())
        self.fill(&scope)
        if case .lost(let count) = notice { scope.lostCount = count }
        if self.hub.rules.limits.rules.idleCountsBoth { self.noteActivity() }
        if let frame = self.dialect.encode(notice, in: scope) { self.port.send(frame) }
    }

    /// Sends this connection alone a publication that has its id and time.
    func send(_ publication: TemplateScope.Publication) {
        for frame in self.dialect.encode(publication, to: []) {
            self.port.send(frame.bytes)
        }
        self.hub.statistics.deliveries += 1
        if self.hub.rules.limits.rules.idleCountsBoth { self.noteActivity() }
    }

    /// The values that templates see of this connection.
    package func fill(_ scope: inout TemplateScope) {
        scope.identity = self.identity
        scope.connectionNumber = self.port.number
        scope.connectedAt = self.connectedAt
    }

    // MARK: Receiving

    /// Stops the receiving of messages, until `resumeReceiving` was called as often. Messages that were received before wait behind it.
    package func pauseReceiving() {
        self.pauses += 1
        if self.pauses == 1 { self.port.setReceiving(false) }
    }

    var isPaused: Bool { self.pauses > 0 }

    package func resumeReceiving() {
        guard self.pauses > 0 else { return }
        self.pauses -= 1
        if self.pauses == 0, self.isOpen { self.port.setReceiving(true) }
    }

    /// Notes that the client sent a message, of whatever kind.
    package func countMessage() {
        self.messageCount += 1
        self.hub.statistics.messagesReceived += 1
        self.noteActivity()
    }

    /// Notes that something passed between the client and the server.
    func noteActivity() {
        if self.hub.rules.limits.rules.idle != nil { self.messageSecond = Self.second(self.hub.now) }
    }

    /// A line that the contract wants on standard output.
    private func writeLine(_ template: TextTemplate?) {
        guard let template else { return }
        var scope = TemplateScope(now: self.platform.clock.now())
        self.fill(&scope)
        if let line = template.text(in: scope) { self.platform.lines(line) }
    }

    /// What the limits count of this connection by itself.
    var limitCounts: ConnectionLimits {
        if let counts = self.countsIfAny { return counts }
        let counts = ConnectionLimits(ruleCount: self.hub.rules.limits.ruleCount)
        self.countsIfAny = counts
        return counts
    }

    /// Is counted from now on by other limits, which refuse no connection that is there.
    func recount(in limits: PlatformLimits) {
        self.countsIfAny = nil
        if let sharedAdmission { return sharedAdmission.recount(in: limits) }
        self.isCounted = limits.concernsConnections
        guard self.isCounted else { return }
        if let user = self.identity?.user { limits.count(user) }
        if let address = self.address { limits.count(address) }
    }

    var hasLimitCounts: Bool { self.countsIfAny != nil }

    /// When the session began and when the client sent its last message, in the hub's milliseconds, up to a second late.
    var openedAt: Int64 { Int64(self.openingSecond) * 1000 }
    var lastMessageAt: Int64 { Int64(self.messageSecond) * 1000 }

    /// The same of what counts for the limit on silence.
    var lastActivityAt: Int64 {
        guard self.hub.rules.limits.rules.idleCountsBoth else { return self.lastMessageAt }
        let delivery = self.subscriptions.reduce(0 as UInt32) { max($0, $1.channel.deliverySecond) }
        return max(self.lastMessageAt, Int64(delivery) * 1000)
    }

    static func second(_ milliseconds: Int64) -> UInt32 { UInt32(clamping: (milliseconds + 999) / 1000) }

    package var channelNames: [ChannelName] { self.subscriptions.map(\.channel.name) }

    // MARK: For the hub

    /// Whether this connection is still to be sent the publication, which is asked once for each of its channels.
    ///
    /// - Returns: the dialect to send it in; `nil` when another channel brought it.
    func takeTurn(_ serial: UInt64) -> Int? {
        guard self.lastSerial < serial else { return nil }
        self.lastSerial = serial
        return self.dialectIndex
    }

    func moveSubscription(to channel: LoopChannel, slot: Int) {
        guard let index = self.subscriptions.firstIndex(where: { $0.channel === channel }) else { return }
        self.subscriptions[index].slot = slot
    }

    /// Those that it did not ask for itself and knows nothing of.
    var channelsOfServer: [LoopChannel] {
        self.subscriptions.map(\.channel).filter {
            self.hub.rules.definition.match($0.name.rawValue)?.rules.isInternal == true
        }
    }

    func recheckSubscriptions() {
        for channel in self.subscriptions.map(\.channel) { self.recheck(channel) }
    }

    /// Ends a subscription that there is no right to any more.
    ///
    /// - Parameter pattern: `nil`: the contract has none for the channel any more.
    func endSubscription(
        to channel: LoopChannel, pattern: ChannelPattern?, isTold: Bool = true, reason: String = "noRight"
    ) {
        guard self.isOpen, self.subscriptions.contains(where: { $0.channel === channel }) else { return }
        self.leave(channel)
        self.hub.statistics.subscriptionsEnded += 1
        self.audit(.unsubscribe, channel: channel.name.rawValue, reason: reason)
        guard isTold else { return }
        var scope = TemplateScope(now: self.platform.clock.now())
        self.fill(&scope)
        scope.channel = channel.name.rawValue
        scope.channelPattern = pattern
        if let frame = self.dialect.encode(.subscriptionEnded, in: scope) { self.port.send(frame) }
    }

    func hasExpired(at wallClock: Int64) -> Bool {
        guard !self.isEnding, self.hub.rules.definition.auth.onExpiry == .close,
            let expiresAt = self.identity?.expiresAt
        else { return false }
        return wallClock >= expiresAt
    }

    /// Whether a ping is due now, and if so, when the next one is.
    func takePing(now: Int64, every interval: Int64) -> Bool {
        guard now >= self.nextPing else { return false }
        // Counted from when it was due, so that pings keep their rhythm though the hub looks only once a second.
        self.nextPing = max(self.nextPing + interval, now + 1)
        return true
    }

    /// When the hub has to look at this session next, in its own milliseconds: for a ping, or before that for an end in time, for
    /// the end of what the connection rests on, or because the user has to be confirmed.
    func nextDeadline(now: Int64, wallClock: any WallClock) -> Int64 {
        var deadline = self.nextPingOrConfirmation(now: now, wallClock: wallClock)
        let rules = self.hub.rules.limits.rules
        if let idle = rules.idle { deadline = min(deadline, self.lastActivityAt + idle) }
        if let lifetime = rules.lifetime { deadline = min(deadline, self.openedAt + lifetime) }
        return deadline
    }

    private func nextPingOrConfirmation(now: Int64, wallClock: any WallClock) -> Int64 {
        let closes = !self.isEnding && self.hub.rules.definition.auth.onExpiry == .close
        let expiresAt = closes ? self.identity?.expiresAt : nil
        guard expiresAt != nil || self.identity?.confirmedUntil != nil else { return self.nextPing }
        let today = wallClock.now().milliseconds
        let due = min(expiresAt ?? .max, self.confirmationDue(wallClock: today) ?? .max)
        // Neither sum nor difference can overflow, whatever the token says.
        guard due < today + (self.nextPing - now) else { return self.nextPing }
        return now + (max(due, today) - today)
    }

    // MARK: Confirmation

    /// Takes over what is known of the user now; he is the same one.
    func replaceIdentity(_ identity: Identity) {
        let hasOtherRights =
            self.identity?.roles != identity.roles || self.identity?.claims?.bytes != identity.claims?.bytes
        let old = self.identity
        self.identity = identity
        guard hasOtherRights else { return }
        // First, so that what is asked from now on is asked of the roles as they are.
        for channel in self.subscriptions.map(\.channel) where channel.isAskedFor {
            self.platform.asked.exchange(.init(old, channel.name), for: .init(identity, channel.name))
        }
        self.recheckSubscriptions()
    }

    func endUnconfirmed(_ error: RequestError) {
        self.confirmation = nil
        self.identity?.confirmedUntil = nil
        self.end(error)
    }
}

@available(*, unavailable)
extension Session: Sendable {}

extension Result where Failure == RequestError {
    var failure: RequestError? { if case .failure(let error) = self { error } else { nil } }
}

extension RequestError {
    static let tooManyInvalid = RequestError(.tooManyInvalid, "too many messages that the contract does not know")

    static func noChannel(_ text: String) -> RequestError {
        RequestError(.notFound, "the channel does not exist", channel: text)
    }

    package static func invalidChannel(_ text: String) -> RequestError {
        RequestError(.invalidChannel, "no channel of this platform has such a name", channel: text)
    }
}
