// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

/// What a client is, on its event loop: its state, its one connection, and what goes through it. Owned by the loop.
final class ClientCore {
    /// A connection that held so long makes the schedule begin anew.
    private static let goodConnectionTime = TimeAmount.seconds(5)

    let plan: ConnectionPlan
    private(set) var state = ClientState.connecting
    private var hasBegun = false
    private var connection: ClientConnection?
    /// Ended, with sockets that are still closing.
    private var closing: [ClientConnection] = []
    private var retry: Scheduled<Void>?
    private var failureCount = 0
    private var openedAt: NIODeadline?
    private var isWelcome = false
    /// What the server said before it ended a connection.
    private var lastRefusal: ClientFault?
    private var heartbeat: Heartbeat?

    let consumers = Consumers()
    let commands: Commands
    private let channels: Channels
    private var openWaiters: [UInt64: Completion] = [:]
    private var goneWaiters: [@Sendable () -> Void] = []
    private var recent: RecentIDs
    private var secret: String?
    private var offset: String?
    private var isHeld = false

    typealias Completion = @Sendable (Result<Void, ClientFault>) -> Void

    init(_ plan: ConnectionPlan) {
        self.plan = plan
        self.commands = Commands(
            plan.wire, limit: plan.configuration.queueLimit, eventLoop: plan.loop.eventLoop)
        self.channels = Channels(plan.wire, commands: self.commands, consumers: self.consumers)
        self.recent = RecentIDs(limit: plan.configuration.rememberedIDs)
    }

    private var eventLoop: any EventLoop { self.plan.loop.eventLoop }
    private var wire: Wire { self.plan.wire }

    /// Where something can be said now.
    private var openConnection: ClientConnection? { self.state.isOpen ? self.connection : nil }

    // MARK: - Connecting

    func begin() {
        guard !self.hasBegun, !self.state.isFinal else { return }
        self.hasBegun = true
        self.attempt()
    }

    /// Tries again now, or drops the connection that there is for a new one.
    func reconnect() {
        switch self.state {
        case .waiting: self.attempt()
        case .open: self.connection?.fail(ClientFault(.lost, "the program asked for another connection"))
        case .connecting, .failed, .closed: break
        }
    }

    private func attempt() {
        self.retry?.cancel()
        self.retry = nil
        self.isWelcome = false
        self.lastRefusal = nil
        let last = self.secret.map { ($0, self.offset) }
        let connection = ClientConnection(self.plan, last: last, owner: self)
        self.connection = connection
        // At the very first it is so already.
        if case .connecting = self.state {} else { self.enter(.connecting) }
        connection.begin()
    }

    private func enter(_ state: ClientState) {
        self.state = state
        self.consumers.take(state)
    }

    /// The server has let the client in.
    private func opened(_ connection: ClientConnection, isRecovered: Bool) {
        guard !self.isWelcome else { return }
        self.isWelcome = true
        connection.settle()
        self.openedAt = .now()
        self.state = .open(isRecovered: isRecovered)
        self.channels.opened(connection, isRecovered: isRecovered)
        self.commands.flush(over: connection)
        if !self.wire.isSocketIO, let heartbeat = self.plan.configuration.heartbeat {
            self.heartbeat = Heartbeat(heartbeat, of: connection, wire: self.wire, on: self.eventLoop)
        }
        if self.consumers.isFull { self.hold() }
        self.consumers.take(self.state)
        let waiters = self.openWaiters
        self.openWaiters = [:]
        for resume in waiters.values { resume(.success(())) }
    }

    private func lost(_ fault: ClientFault) {
        // Told in a frame, it may be of this moment; a handshake's status and a namespace's refusal are not.
        let isTold = self.lastRefusal != nil
        let fault = fault.code == .lost ? self.lastRefusal ?? fault : fault
        self.connection = nil
        self.heartbeat?.stop()
        self.heartbeat = nil
        self.isHeld = false
        self.channels.lost(mayReturn: self.secret != nil)
        self.commands.lost(fault)
        if let openedAt = self.openedAt, .now() - openedAt >= Self.goodConnectionTime { self.failureCount = 0 }
        self.openedAt = nil
        self.failureCount += 1
        let delay = self.plan.configuration.schedule.delay(
            afterFailure: self.failureCount, random: .random(in: 0...1))
        guard let delay, isTold || self.mayBetter(fault) else { return self.end(.failed(fault), fault) }
        self.enter(.waiting(fault, retryAfter: delay))
        self.retry = self.eventLoop.assumeIsolated().scheduleTask(in: delay.timeAmount) { self.attempt() }
    }

    /// Whether another try may go better: a refusal only with another token.
    private func mayBetter(_ fault: ClientFault) -> Bool {
        guard fault.code == .refused else { return true }
        if let status = fault.serverCode.flatMap({ Int($0) }), status >= 500 || status == 429 || status == 408 {
            return true
        }
        return self.plan.configuration.asksForTokens
    }

    // MARK: - The end

    /// - Parameter isGone: called when no socket is left.
    func close(isGone: (@Sendable () -> Void)? = nil) {
        if !self.state.isFinal {
            let connection = self.connection
            self.connection = nil
            if let connection {
                self.closing.append(connection)
                connection.close()
            }
            self.end(.closed, .clientClosed)
        }
        guard let isGone else { return }
        if self.closing.isEmpty { isGone() } else { self.goneWaiters.append(isGone) }
    }

    /// Ends sockets that are still closing.
    func cut() {
        for connection in self.closing { connection.cut() }
    }

    private func end(_ state: ClientState, _ fault: ClientFault) {
        self.retry?.cancel()
        self.retry = nil
        self.heartbeat?.stop()
        self.heartbeat = nil
        self.enter(state)
        self.commands.endAll(fault)
        let waiters = self.openWaiters.values
        self.openWaiters = [:]
        for resume in waiters { resume(.failure(fault)) }
        self.channels.endWaiting(fault)
        self.consumers.endAll(fault.code == .closed ? nil : fault)
    }

    // MARK: - Waiting for things

    func waitUntilOpen(_ id: UInt64, _ completion: @escaping Completion) {
        switch self.state {
        case .open: completion(.success(()))
        case .failed(let fault): completion(.failure(fault))
        case .closed: completion(.failure(.clientClosed))
        case .connecting, .waiting: self.openWaiters[id] = completion
        }
    }

    func waitUntilConfirmed(_ channel: String, _ id: UInt64, _ completion: @escaping Completion) {
        switch self.state {
        case .failed(let fault): completion(.failure(fault))
        case .closed: completion(.failure(.clientClosed))
        case .open: self.channels.wait(for: channel, id, isOpen: true, completion)
        case .connecting, .waiting: self.channels.wait(for: channel, id, isOpen: false, completion)
        }
    }

    /// The wait is over, whatever has come of it.
    func stopWaiting(_ id: UInt64, _ fault: ClientFault) {
        self.openWaiters.removeValue(forKey: id)?(.failure(self.waitingFault ?? fault))
        self.channels.stopWaiting(id, fault)
    }

    private var waitingFault: ClientFault? { if case .waiting(let fault, _) = self.state { fault } else { nil } }

    // MARK: - Commands

    func ask(
        _ id: UInt64, _ text: String, _ expectation: Commands.Expectation, timeout: Duration?,
        answered: @escaping Commands.Answered
    ) {
        switch self.state {
        case .failed(let fault): return answered(.failure(fault))
        case .closed: return answered(.failure(.clientClosed))
        case .connecting, .open, .waiting: break
        }
        self.commands.ask(
            id, text, expectation, over: self.openConnection, timeout: timeout, answered: answered)
    }

    // MARK: - Consumers

    func add(_ id: UInt64, states buffer: ConsumerBuffer<ClientState>) {
        buffer.push(self.state)
        guard !self.state.isFinal else { return buffer.finish() }
        self.consumers.add(id, states: buffer)
    }

    func add(_ id: UInt64, faults buffer: ConsumerBuffer<ClientFault>) {
        guard !self.state.isFinal else { return buffer.finish() }
        self.consumers.add(id, faults: buffer)
    }

    func add(_ id: UInt64, frames buffer: ConsumerBuffer<RawFrame>) {
        guard !self.state.isFinal else { return buffer.finish() }
        self.consumers.add(id, frames: buffer)
    }

    func add(_ id: UInt64, name: String?, channel: String?, _ buffer: ConsumerBuffer<EventRecord>) {
        switch self.state {
        case .failed(let fault): return buffer.finish(fault)
        case .closed: return buffer.finish()
        case .connecting, .open, .waiting: break
        }
        self.consumers.add(id, name: name, channel: channel, buffer)
        if let channel { self.channels.want(channel, over: self.openConnection) }
    }

    func remove(_ id: UInt64) {
        if let channel = self.consumers.remove(id) { self.channels.release(channel, over: self.openConnection) }
        self.goOn()
    }

    /// Nothing more is taken from the connection until every consumer that asked for it has caught up.
    private func hold() {
        guard !self.isHeld, let connection = self.connection else { return }
        self.isHeld = true
        connection.setReceiving(false)
    }

    func goOn() {
        guard self.isHeld, !self.consumers.isFull else { return }
        self.isHeld = false
        self.connection?.setReceiving(true)
    }
}

extension ClientCore: ConnectionOwner {
    func connectionOpened(_ connection: ClientConnection, _ opening: LinkOpening) {
        guard connection === self.connection else { return }
        if self.wire.isSocketIO {
            let isRecovered = opening.secret != nil && opening.secret == connection.lastSecret
            if !isRecovered { self.offset = nil }
            self.secret = opening.secret
            self.opened(connection, isRecovered: isRecovered)
        } else if self.wire.dialect.welcome == nil {
            self.opened(connection, isRecovered: false)
        }
    }

    func connectionReceived(_ text: UnsafeRawBufferPointer) {
        self.heartbeat?.heard()
        guard self.wire.hasShapes || self.secret != nil || self.consumers.wantsEvents || self.commands.awaitsFrames
        else { return }
        // What a server wraps nests deeper than what it is given.
        guard let root = try? JSONDocument(parsing: text, maximumDepth: JSONDocument.deepestNesting).root else {
            return self.consumers.take(.broken(text, "the server sent what is no JSON"))
        }
        if self.commands.awaitsFrames, self.commands.takeAnswer(root) { return }
        switch self.wire.frame(root) {
        case .welcome: if let connection = self.connection { self.opened(connection, isRecovered: false) }
        case .pong:
            guard let connection = self.connection else { break }
            connection.ponged()
            self.channels.ponged(over: connection)
        case .subscribed(let channels, let lacking):
            for channel in lacking { self.channels.lacks(channel) }
            for channel in channels {
                self.commands.resolve(channel)
                self.channels.confirm(channel)
            }
            self.settle()
        case .unsubscribed(let channels):
            for channel in channels { self.channels.ended(channel) }
            self.goOn()
        case .error(let message, let code, let channel): self.refused(message, code: code, channel: channel)
        case .event(let name, let data): self.received(EventRecord(name: name, data: data, frame: root))
        case .unknown: self.consumers.take(.broken(text, "the server sent a frame that is none of the dialect's"))
        }
    }

    private func received(_ record: EventRecord) {
        if self.wire.isSocketIO {
            // As the stock client has it: any last argument that is a text.
            if self.secret != nil, let last = record.frame[record.frame.count - 1]?.string { self.offset = last }
        } else {
            if let position = self.wire.position(of: record.frame) { self.channels.noted(position: position) }
            if let identity = self.wire.identity(of: record.frame), self.recent.isKnown(identity) { return }
        }
        if self.consumers.take(record) { self.hold() }
    }

    private func refused(_ message: String, code: String?, channel: String?) {
        if let channel {
            self.commands.resolve(channel)
            let fault = ClientFault(.channel, message, serverCode: code, channel: channel)
            guard self.channels.isWanted(channel) else {
                if self.channels.takeFarewell(of: channel) { self.commands.resolveLeaving(channel) }
                return self.consumers.take(fault)
            }
            return self.refuse([channel], fault)
        }
        guard self.isWelcome else {
            self.lastRefusal = ClientFault(.refused, message, serverCode: code)
            return
        }
        switch self.commands.refuseFirst(message, code: code) {
        case .command: break
        case .leaving(let channel):
            self.channels.takeFarewell(of: channel)
            self.consumers.take(ClientFault(.command, message, serverCode: code, channel: channel))
        case .channels(let channels):
            self.refuse(channels, ClientFault(.channel, message, serverCode: code, channel: channels.first))
        case .nothing: self.consumers.take(ClientFault(.command, message, serverCode: code))
        }
    }

    func connectionAnswered(_ text: UnsafeRawBufferPointer, id: Int) {
        guard let root = try? JSONDocument(parsing: text).root, root.kind == .array else {
            return self.consumers.take(.broken(text, "the server sent an answer that is none"))
        }
        guard let (channels, fault) = self.commands.takeCallback(id, root) else { return }
        guard let fault else { return channels.forEach(self.channels.confirm) }
        // One of several is wrong, and the others have not been given either.
        guard channels.count > 1, let connection = self.connection else { return self.refuse(channels, fault) }
        self.channels.askEach(channels, over: connection)
    }

    private func refuse(_ channels: [String], _ fault: ClientFault) {
        for channel in channels { self.channels.refuse(channel, fault) }
        // Those that the connection waited for may be among them.
        self.goOn()
        self.settle()
    }

    private func settle() {
        if let connection = self.openConnection { self.channels.settle(over: connection) }
    }

    func connectionFailed(_ fault: ClientFault) { self.consumers.take(fault) }

    func connectionFrame(_ frame: @autoclosure () -> RawFrame) {
        guard self.consumers.wantsFrames else { return }
        if self.consumers.take(frame()) { self.hold() }
    }

    func connectionEnded(_ connection: ClientConnection, _ fault: ClientFault) {
        self.closing.append(connection)
        guard connection === self.connection else { return }
        if fault.code == .refused {
            self.secret = nil
            self.offset = nil
        }
        self.lost(fault)
    }

    func connectionGone(_ connection: ClientConnection) {
        self.closing.removeAll { $0 === connection }
        guard self.closing.isEmpty else { return }
        let waiters = self.goneWaiters
        self.goneWaiters = []
        for resume in waiters { resume() }
    }
}

@available(*, unavailable) extension ClientCore: Sendable {}
