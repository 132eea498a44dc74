// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
import NIOCore

/// One client that is connected and known: its rights, its subscriptions, its way out. Owned by its connection's loop.
package final class Session {
    package let port: any OutboundPort
    package let identity: Identity?
    package let connectedAt: Timestamp
    package let dialectIndex: Int
    private let hub: LoopHub

    private var subscriptions: [Subscription] = []
    private var subscribeRequests = SlidingWindow()
    private var lastPing: Int64
    private var isOpen = true
    /// The serial of the last publication to several channels that was sent to this connection.
    var lastSerial: UInt64 = 0

    /// Makes the session known to the platform; `close` ends that.
    package init(port: any OutboundPort, identity: Identity?, dialectIndex: Int, hub: LoopHub) {
        self.port = port
        self.identity = identity
        self.dialectIndex = dialectIndex
        self.hub = hub
        self.connectedAt = hub.platform.clock.now()
        self.lastPing = self.connectedAt.milliseconds
        hub.add(self)
    }

    package var platform: Platform { self.hub.platform }

    /// Leaves every channel and is forgotten. The connection itself ends elsewhere.
    package func close() {
        guard self.isOpen else { return }
        self.isOpen = false
        while let subscription = self.subscriptions.popLast() { self.hub.leave(subscription) }
        self.hub.remove(self)
    }

    // MARK: Operations

    /// Joins a channel after every check. Joining twice changes nothing and succeeds.
    ///
    /// - Returns: the channel with its rules.
    package func subscribe(to text: String) -> Result<PlatformDefinition.Match, RequestError> {
        let definition = self.platform.definition
        if let rate = definition.limits.subscriptionRate,
            !self.subscribeRequests.admit(at: self.platform.clock.now().milliseconds, under: rate)
        {
            return .failure(
                RequestError(.rateLimited, "too many subscription requests; ask again later", channel: text))
        }
        switch self.authorize(text) {
        case .failure(let error): return .failure(error)
        case .success(let match):
            if self.subscriptions.contains(where: { $0.channel.name == match.name }) { return .success(match) }
            guard self.subscriptions.count < definition.limits.subscriptionsPerConnection else {
                let message = "a connection may hold \(definition.limits.subscriptionsPerConnection) subscriptions"
                return .failure(RequestError(.tooManySubscriptions, message, channel: text))
            }
            self.subscriptions.append(self.hub.join(self, to: match.name))
            return .success(match)
        }
    }

    /// Leaves a channel; leaving one that was not joined succeeds.
    package func unsubscribe(from text: String) -> Result<PlatformDefinition.Match, RequestError> {
        guard let match = self.platform.definition.match(text) else { return .failure(.invalidChannel(text)) }
        if let index = self.subscriptions.firstIndex(where: { $0.channel.name == match.name }) {
            self.hub.leave(self.subscriptions.remove(at: index))
        }
        return .success(match)
    }

    /// Whether the user may subscribe to the channel that the text names.
    package func authorize(_ text: String) -> Result<PlatformDefinition.Match, RequestError> {
        guard let match = self.platform.definition.match(text) else { return .failure(.invalidChannel(text)) }
        guard match.decide(for: self.identity, facts: self.platform.members).isAllowed else {
            return .failure(RequestError(.forbidden, "not authorized to subscribe to this channel", channel: text))
        }
        guard !match.rules.existsByRecord || self.platform.records[match.name] != nil else {
            return .failure(RequestError(.notFound, "the channel does not exist", channel: text))
        }
        return .success(match)
    }

    /// Answers a request with an error in the platform's words, and closes where the platform says so.
    ///
    /// - Parameter args: the request, which the platform's words may quote.
    package func fail(_ error: RequestError, args: JSONNode? = nil) {
        self.hub.statistics.errors[error.code, default: 0] += 1
        var scope = TemplateScope(now: self.platform.clock.now())
        scope.args = args
        self.fill(&scope, with: error)
        if let frame = self.platform.dialects[self.dialectIndex].encode(.failed(error), in: scope) {
            self.port.send(frame)
        }
        if let ending = self.platform.definition.ending(for: error, message: scope.errorMessage ?? "") {
            self.port.close(ending.code, reason: ending.reason)
        }
    }

    /// Tells the client something by itself, where the platform has words for it.
    package func notify(_ notice: Notice) {
        var scope = TemplateScope(now: self.platform.clock.now())
        self.fill(&scope)
        if let frame = self.platform.dialects[self.dialectIndex].encode(notice, in: scope) { self.port.send(frame) }
    }

    /// The values that templates see of this connection.
    package func fill(_ scope: inout TemplateScope) {
        scope.identity = self.identity
        scope.connectionNumber = self.port.number
        scope.connectedAt = self.connectedAt
    }

    private func fill(_ scope: inout TemplateScope, with error: RequestError) {
        self.fill(&scope)
        scope.channel = error.channel
        scope.error = error
        scope.errorMessage = self.platform.definition.message(of: error, in: scope)
    }

    package func countMessage() { self.hub.statistics.messagesReceived += 1 }

    package var channelNames: [ChannelName] { self.subscriptions.map(\.channel.name) }

    // MARK: For the hub

    func moveSubscription(to channel: LoopChannel, slot: Int) {
        guard let index = self.subscriptions.firstIndex(where: { $0.channel === channel }) else { return }
        self.subscriptions[index].slot = slot
    }

    func recheckSubscriptions() {
        for name in self.channelNames {
            guard let match = self.platform.definition.match(name.rawValue),
                !match.decide(for: self.identity, facts: self.platform.members).isAllowed,
                let index = self.subscriptions.firstIndex(where: { $0.channel.name == name })
            else { continue }
            self.hub.leave(self.subscriptions.remove(at: index))
            self.hub.statistics.subscriptionsEnded += 1
            var scope = TemplateScope(now: self.platform.clock.now())
            self.fill(&scope)
            scope.channel = name.rawValue
            scope.channelPattern = match.rules.pattern
            if let frame = self.platform.dialects[self.dialectIndex].encode(.subscriptionEnded, in: scope) {
                self.port.send(frame)
            }
        }
    }

    func hasExpired(at now: Int64) -> Bool {
        guard let expiresAt = self.identity?.expiresAt else { return false }
        return self.platform.definition.auth.onExpiry == .close && now >= expiresAt
    }

    func isPingDue(at now: Int64, every interval: Int64) -> Bool {
        // The wheel works in whole seconds, so a ping may come up to one early.
        guard now - self.lastPing >= interval - 1000 else { return false }
        self.lastPing = now
        return true
    }
}

@available(*, unavailable)
extension Session: Sendable {}

extension RequestError {
    package static func invalidChannel(_ text: String) -> RequestError {
        RequestError(.invalidChannel, "no channel of this platform has such a name", channel: text)
    }
}
