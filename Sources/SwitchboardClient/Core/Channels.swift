// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// What a client is subscribed to: asks for channels that are wanted, leaves those that are not, and tells whom it concerns what the server
/// has said. Owned by the client's loop.
final class Channels {
    typealias Completion = ClientCore.Completion

    private let wire: Wire
    private let commands: Commands
    private let consumers: Consumers
    private var table: SubscriptionTable
    /// The application's own ping, where it is answered: what was missed comes before the answer.
    private let ping: String?
    /// Channels go on from a place, and not of all of them it is known that what they missed has come.
    private var isResuming = false
    /// Which pong says that it has.
    private var settlingPong: Int?
    /// Confirmed on the connection that there is.
    private var confirmed: Set<String> = []
    /// Unsubscribed by this client, and not yet confirmed, each so many times.
    private var leaving: [String: Int] = [:]
    /// Those that the server knows a Socket.IO client by, should it come back as who it was.
    private var held: Set<String> = []
    private var waiters: [UInt64: (channel: String, resume: Completion)] = [:]

    init(_ wire: Wire, commands: Commands, consumers: Consumers) {
        self.wire = wire
        self.commands = commands
        self.consumers = consumers
        self.ping = wire.dialect.pong == nil ? nil : wire.ping
        self.table = SubscriptionTable(isTold: self.ping != nil)
    }

    // MARK: - What is wanted

    /// - Parameter connection: where to ask for it; `nil`: it is asked for with the next one.
    func want(_ channel: String, over connection: ClientConnection?) {
        guard self.table.want(channel), let connection else { return }
        self.ask([channel], since: nil, over: connection)
    }

    func release(_ channel: String, over connection: ClientConnection?) {
        if self.table.release(channel) { self.leave(channel, over: connection) }
    }

    private func leave(_ channel: String, over connection: ClientConnection?) {
        self.confirmed.remove(channel)
        guard let connection else { return }
        self.held.remove(channel)
        if self.commands.unsubscribe(channel, over: connection) { self.leaving[channel, default: 0] += 1 }
    }

    /// Asks for each by itself, of those that are still wanted.
    func askEach(_ channels: [String], over connection: ClientConnection) {
        for channel in channels where self.table.isWanted(channel) { self.ask([channel], since: nil, over: connection) }
    }

    private func ask(_ channels: [String], since: String?, over connection: ClientConnection) {
        for channel in channels { self.table.asked(channel) }
        guard self.commands.subscribe(channels, since: since, over: connection) else {
            // A contract may subscribe its clients by itself, and then nothing has to be said.
            guard self.wire.dialect.subscribe != nil else { return channels.forEach(self.confirm) }
            let fault = ClientFault(.channel, "the dialect has no words for this channel", channel: channels.first)
            return channels.forEach { self.refuse($0, fault) }
        }
        if !self.wire.isSocketIO, self.wire.dialect.subscribed == nil { channels.forEach(self.confirm) }
    }

    // MARK: - Connections

    /// Asks a new connection for everything that is wanted.
    ///
    /// - Parameter isRecovered: the server knows this client, and what it held.
    func opened(_ connection: ClientConnection, isRecovered: Bool) {
        let held = isRecovered ? self.held : []
        self.held = []
        for (channels, since) in self.table.requests(limit: self.wire.channelLimit) {
            let missing = channels.filter { !held.contains($0) }
            if since != nil { self.isResuming = true }
            for channel in channels where held.contains(channel) { self.confirm(channel) }
            if !missing.isEmpty { self.ask(missing, since: since, over: connection) }
        }
        // Nobody has wanted them any more since the connection was lost.
        for channel in held where !self.table.isWanted(channel) { self.leave(channel, over: connection) }
    }

    /// - Parameter mayReturn: the server may know this client again.
    func lost(mayReturn: Bool) {
        self.held = mayReturn ? self.held.union(self.confirmed) : []
        self.confirmed = []
        self.leaving = [:]
        self.isResuming = false
        self.settlingPong = nil
        self.table.lost(now: .now())
    }

    /// An event has come with its place among all of the connection.
    func noted(position: String) { self.table.noted(position: position) }

    /// Asks what tells that all that was missed has come, once every channel that goes on from a place is confirmed.
    func settle(over connection: ClientConnection) {
        guard self.isResuming, let ping = self.ping, self.settlingPong == nil, self.table.isSettling else { return }
        connection.ping(ping)
        self.settlingPong = connection.pingCount
    }

    func ponged(over connection: ClientConnection) {
        guard let number = self.settlingPong, connection.pongCount >= number else { return }
        self.isResuming = false
        self.settlingPong = nil
        self.table.settle()
    }

    // MARK: - What the server says

    func confirm(_ channel: String) {
        guard self.table.isWanted(channel) else { return }
        self.table.confirmed(channel, now: .now())
        self.confirmed.insert(channel)
        self.resume(channel, .success(()))
    }

    /// Not all that was missed of it comes.
    func lacks(_ channel: String) {
        // Whoever did not ask has missed nothing.
        guard self.table.isResumed(channel) else { return }
        self.consumers.take(
            ClientFault(.missed, "the server no longer has all that was missed of \(channel)", channel: channel))
    }

    /// The server does not give it, or no more: whoever wanted it hears why.
    func refuse(_ channel: String, _ fault: ClientFault) {
        self.table.forget(channel)
        self.confirmed.remove(channel)
        self.held.remove(channel)
        self.resume(channel, .failure(fault))
        self.consumers.end(channel, fault)
        self.consumers.take(fault)
    }

    /// A subscription has ended, by this client's word or without it.
    func ended(_ channel: String) {
        guard !self.takeFarewell(of: channel) else { return self.commands.resolveLeaving(channel) }
        if self.table.isWanted(channel) {
            self.refuse(channel, ClientFault(.channel, "the server has ended the subscription", channel: channel))
        }
    }

    /// What this client has said to leave a channel is answered, with whatever.
    ///
    /// - Returns: `false` when it has said nothing.
    @discardableResult
    func takeFarewell(of channel: String) -> Bool {
        guard let count = self.leaving[channel] else { return false }
        self.leaving[channel] = count > 1 ? count - 1 : nil
        return true
    }

    func isWanted(_ channel: String) -> Bool { self.table.isWanted(channel) }

    // MARK: - Waiting

    /// - Parameter isOpen: what is confirmed is confirmed on the connection that there is.
    func wait(for channel: String, _ id: UInt64, isOpen: Bool, _ completion: @escaping Completion) {
        guard !isOpen || !self.confirmed.contains(channel) else { return completion(.success(())) }
        self.waiters[id] = (channel, completion)
    }

    func stopWaiting(_ id: UInt64, _ fault: ClientFault) {
        self.waiters.removeValue(forKey: id)?.resume(.failure(fault))
    }

    func endWaiting(_ fault: ClientFault) {
        let waiters = self.waiters.values
        self.waiters = [:]
        for waiter in waiters { waiter.resume(.failure(fault)) }
    }

    private func resume(_ channel: String, _ result: Result<Void, ClientFault>) {
        for (id, waiter) in self.waiters where waiter.channel == channel {
            self.waiters[id] = nil
            waiter.resume(result)
        }
    }
}

@available(*, unavailable) extension Channels: Sendable {}
