// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Transport

/// What a connection tells its client. All calls come from the loop.
protocol ConnectionOwner: AnyObject {
    func connectionOpened(_ connection: ClientConnection, _ opening: LinkOpening)
    func connectionReceived(_ text: UnsafeRawBufferPointer)
    func connectionAnswered(_ text: UnsafeRawBufferPointer, id: Int)
    func connectionFailed(_ fault: ClientFault)
    /// At most once, and not after `close`.
    func connectionEnded(_ connection: ClientConnection, _ fault: ClientFault)
    /// No socket is left, and no task. Once, when it has ended.
    func connectionGone(_ connection: ClientConnection)
    func connectionFrame(_ frame: @autoclosure () -> RawFrame)
}

/// One connection of a client, from the question for its token to the end of its last socket. Owned by its loop.
final class ClientConnection {
    private let plan: ConnectionPlan
    private let last: (secret: String, offset: String?)?
    private weak var owner: (any ConnectionOwner)?
    private var link: (any Link)?
    private var deadline: Scheduled<Void>?
    private var tokenTask: Task<Void, Never>?
    /// Sockets that are open, or being opened.
    private var channels: [ObjectIdentifier: any Channel] = [:]
    private var isDialing = false
    private var isOver = false
    private var isGone = false
    /// Nothing is taken from the server for the time being.
    private(set) var isHeld = false
    /// The dialect's pings that were sent, and those that were answered, in the same order.
    private(set) var pingCount = 0
    private(set) var pongCount = 0

    /// - Parameter last: with which a Socket.IO client comes back as who it was.
    init(_ plan: ConnectionPlan, last: (secret: String, offset: String?)?, owner: any ConnectionOwner) {
        self.plan = plan
        self.last = last
        self.owner = owner
    }

    private var eventLoop: any EventLoop { self.plan.loop.eventLoop }

    /// What was sent to come back as who it was.
    var lastSecret: String? { self.last?.secret }

    // MARK: - The beginning

    func begin() {
        let timeout = self.plan.configuration.connectTimeout
        self.deadline = self.eventLoop.assumeIsolated().scheduleTask(in: timeout.timeAmount) {
            self.fail(ClientFault(.timedOut, "the server did not answer in time"))
        }
        guard let token = self.plan.configuration.token else { return self.dial(token: nil) }
        let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.tokenTask = Task {
            do {
                let text = try await token()
                bound.eventLoop.execute { bound.value.dial(token: text) }
            } catch {
                let fault = ClientFault(.token, "the token could not be had: \(error)", underlying: error)
                bound.eventLoop.execute { bound.value.fail(fault) }
            }
        }
    }

    private func dial(token: String?) {
        self.tokenTask = nil
        guard !self.isOver else { return }
        self.isDialing = true
        let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
        let address = self.plan.address.webSocketAddress(token: token)
        let authentication = self.plan.authentication(token: token, last: self.last)
        let opening: @Sendable (any Channel) -> Void = { bound.value.note($0) }
        let makeLink: @Sendable (any LinkPort) -> any ConnectionSession = {
            bound.value.makeLink($0, authentication: authentication)
        }
        let (settings, timeout) = (self.plan.settings, self.plan.configuration.connectTimeout.timeAmount)
        // What has waited comes in one answer.
        let answerLimit = min(settings.maximumMessageByteCount, 1 << 40) * 16
        let isPolling = self.plan.wire.isSocketIO && self.plan.configuration.transport == .polling
        self.plan.loop.dialer.hop(to: self.eventLoop).flatMap { dialer in
            guard !bound.value.isOver else { return bound.eventLoop.makeSucceededVoidFuture() }
            if isPolling {
                return PollingLinkPort.connect(
                    to: address, on: bound.eventLoop, timeout: timeout, maximumByteCount: answerLimit,
                    opening: opening, makeSession: makeLink)
            }
            return dialer.connection(to: address, settings: settings, timeout: timeout, opening: opening) {
                makeLink(WebSocketLinkPort($0))
            }.map { _ in }
        }.whenComplete { result in
            bound.value.isDialing = false
            if case .failure(let error) = result { bound.value.fail(.connecting(error)) }
            bound.value.checkGone()
        }
    }

    private func note(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        self.channels[id] = channel
        let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
        channel.closeFuture.hop(to: self.eventLoop).whenComplete { _ in
            bound.value.channels[id] = nil
            bound.value.checkGone()
        }
        if self.isOver { channel.close(promise: nil) }
    }

    private func makeLink(_ port: any LinkPort, authentication: String) -> any Link {
        let link: any Link
        if self.plan.wire.isSocketIO {
            link = SocketIOLink(
                port, namespace: self.plan.address.namespace, auth: authentication, listener: self, tap: self)
        } else {
            let timeout = self.plan.configuration.heartbeat?.timeout ?? .seconds(10)
            link = PlainLink(port, listener: self, tap: self, pingTimeout: timeout.timeAmount)
        }
        self.link = link
        return link
    }

    /// The server has let the client in: from now on the connection may take its time.
    func settle() {
        self.deadline?.cancel()
        self.deadline = nil
    }

    // MARK: - Speaking

    func say(_ text: String, id: Int? = nil) { self.link?.say(text, id: id) }

    func beat() { self.link?.beat() }

    /// - Parameter text: the dialect's ping.
    func ping(_ text: String) {
        self.pingCount += 1
        self.say(text)
    }

    func ponged() { self.pongCount = min(self.pongCount + 1, self.pingCount) }

    func setReceiving(_ isReceiving: Bool) {
        self.isHeld = !isReceiving
        self.link?.setReceiving(isReceiving)
    }

    // MARK: - The end

    /// Ends it politely where it is open, at once where it is not. The owner hears of the last socket.
    func close() {
        guard !self.isOver else { return }
        self.isOver = true
        self.settle()
        self.tokenTask?.cancel()
        self.tokenTask = nil
        if let link = self.link { link.close() } else { self.cut() }
        self.checkGone()
    }

    /// Ends every socket now.
    func cut() {
        for channel in self.channels.values { channel.close(mode: .all, promise: nil) }
    }

    func fail(_ fault: ClientFault) {
        guard !self.isOver else { return }
        self.isOver = true
        self.settle()
        self.tokenTask?.cancel()
        self.tokenTask = nil
        // What is open then does not answer, or has ended anyway.
        if self.link == nil || fault.code == .timedOut { self.cut() } else { self.link?.close() }
        self.owner?.connectionEnded(self, fault)
        self.checkGone()
    }

    private func checkGone() {
        guard self.isOver, !self.isGone, self.channels.isEmpty, !self.isDialing else { return }
        self.isGone = true
        self.link = nil
        self.owner?.connectionGone(self)
        self.owner = nil
    }
}

extension ClientConnection: LinkListener {
    func linkOpened(_ opening: LinkOpening) {
        guard !self.isOver else { return }
        self.owner?.connectionOpened(self, opening)
    }

    func linkReceived(_ text: UnsafeRawBufferPointer) {
        guard !self.isOver else { return }
        self.owner?.connectionReceived(text)
    }

    func linkAnswered(_ text: UnsafeRawBufferPointer, id: Int) {
        guard !self.isOver else { return }
        self.owner?.connectionAnswered(text, id: id)
    }

    func linkReceived(binaryByteCount: Int) {}

    func linkBroken(_ problem: String) { self.owner?.connectionFailed(ClientFault(.frame, problem)) }

    func linkClosed(_ ending: LinkEnding) { self.fail(ClientFault(ending)) }
}

extension ClientConnection: FrameTap {
    func frame(_ direction: RawFrame.Direction, _ text: UnsafeRawBufferPointer) {
        let isPacket = self.plan.wire.isSocketIO
        self.owner?.connectionFrame(
            RawFrame(
                direction: direction, text: String(decoding: text, as: UTF8.self), byteCount: text.count,
                isPacket: isPacket))
    }

    func frame(_ direction: RawFrame.Direction, binary: UnsafeRawBufferPointer) {
        let isPacket = self.plan.wire.isSocketIO
        self.owner?.connectionFrame(
            RawFrame(direction: direction, text: nil, byteCount: binary.count, isPacket: isPacket))
    }
}

@available(*, unavailable) extension ClientConnection: Sendable {}

extension Duration {
    var timeAmount: TimeAmount {
        let (seconds, attoseconds) = self.components
        let limited = min(max(seconds, 0), 1_000_000_000)
        return .nanoseconds(limited * 1_000_000_000 + (seconds < 0 ? 0 : attoseconds / 1_000_000_000))
    }
}
