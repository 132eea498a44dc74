// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

/// One session: packets in and out, the heartbeat, the transport in use and its end. Owned by the loop of its first request.
///
/// Polling is in `EngineSession+polling`, the change to a WebSocket in `EngineSession+upgrade`. On a WebSocket a session keeps nothing
/// but this object: sending is one call to the connection, and the timer is a place in the loop's heap.
final class EngineSession: EnginePort {
    enum Phase: UInt8 {
        case open
        /// Ended for the handler; the client may still poll for what was sent before.
        case closing
        case ended
    }

    /// A timer that is this late counts from now: the client must not pay for a loop that stood still.
    private static let tolerance = TimeAmount.milliseconds(100)

    let sessionID: SessionID
    let number: UInt64
    let handshake: EngineHandshake
    let loop: EngineLoop
    var phase = Phase.open
    var isReceiving = true
    /// The WebSocket in use; nil while the session is polled.
    var socket: (any EngineSocket)?
    /// Nil on a WebSocket, except while a POST from before is still arriving.
    var polling: PollingTransport?
    var candidate: UpgradeCandidate?
    var handler: (any EngineSessionHandler)?

    /// Of the heartbeat; while closing, of the client's last poll.
    private(set) var deadline = NIODeadline.distantFuture
    var placeInHeap = -1
    /// When the ping was sent whose pong is awaited.
    private var pingSent: NIODeadline?
    private(set) var roundTrip: Int64?

    init(_ handshake: EngineHandshake, loop: EngineLoop) {
        self.sessionID = SessionID.random()
        self.number = loop.makeNumber()
        self.handshake = handshake
        self.loop = loop
    }

    var id: String { self.sessionID.text }

    var eventLoop: any EventLoop { self.loop.eventLoop }

    var transport: EngineTransport { self.socket == nil ? .polling : .websocket }

    /// Opens the session over `socket` or `polling`, which is set.
    func open() {
        let core = self.loop.core
        core.table.opened(self)
        self.setDeadline(self.loop.now + .milliseconds(core.configuration.pingInterval))
        self.send(core.openFrame(self.sessionID, self.transport))
        let handler = core.makeHandler(self)
        guard self.phase == .open else { return }
        self.handler = handler
        handler.opened()
    }

    // MARK: - The port

    var isReadyNow: Bool {
        guard self.phase == .open else { return false }
        return self.socket?.isReadyNow ?? (self.polling?.get != nil)
    }

    func send(_ frames: ByteBuffer) {
        guard self.phase == .open else { return }
        guard let socket = self.socket else { return self.enqueue(frames, queueing: nil) }
        socket.send(frames)
    }

    func send(_ frames: ByteBuffer, queueing: Queueing) {
        guard self.phase == .open else { return }
        guard let socket = self.socket else { return self.enqueue(frames, queueing: queueing) }
        socket.send(frames, queueing: queueing)
    }

    func setReceiving(_ isReceiving: Bool) {
        guard self.phase == .open, isReceiving != self.isReceiving else { return }
        self.isReceiving = isReceiving
        if isReceiving {
            // A pong may be behind what was held back.
            if self.pingSent != nil { self.setDeadline(self.loop.now + self.pingTimeout) }
            if self.polling?.reader != nil { self.eventLoop.assumeIsolated().execute { self.takePackets() } }
        }
        self.socket?.setReceiving(isReceiving)
    }

    func close(_ reason: EngineCloseReason, code: CloseCode?) {
        guard self.phase == .open else { return }
        guard self.socket == nil, let polling = self.polling else { return self.end(reason, code: code) }
        polling.farewell = Self.farewell(reason, code)
        guard polling.get == nil || !polling.queue.isEmpty else { return self.end(reason, polling.farewell) }
        // What was sent before comes first, and never in one body with the farewell.
        self.phase = .closing
        self.flush()
        self.dropCandidate()
        self.answerHeldPost()
        self.setDeadline(self.loop.now + .milliseconds(EngineConfiguration.closeWait))
        self.loop.core.table.ended(self.sessionID, .polling, reason, stays: true)
        self.notify(reason)
    }

    /// Some clients take the close packet for a wish not to see them again. Those that may come back get an error instead.
    private static func farewell(_ reason: EngineCloseReason, _ code: CloseCode?) -> PollingTransport.Farewell {
        let isPassing =
            reason == .serverShuttingDown || code.map { [1001, 1011, 1012, 1013].contains($0.rawValue) } ?? false
        return isPassing ? .unavailable : .close
    }

    // MARK: - Packets

    func receivedPong() {
        guard let pingSent = self.pingSent else { return }
        self.pingSent = nil
        let now = self.loop.now
        let milliseconds = (now - pingSent).nanoseconds / 1_000_000
        self.roundTrip = milliseconds
        self.loop.core.table.ponged(after: milliseconds)
        self.setDeadline(now + .milliseconds(self.loop.core.configuration.pingInterval))
    }

    // MARK: - Deadlines

    private var pingTimeout: TimeAmount { .milliseconds(self.loop.core.configuration.pingTimeout) }

    private func setDeadline(_ deadline: NIODeadline) {
        self.deadline = deadline
        self.loop.watch(self)
    }

    /// Ends a session whose time is over but whose timer has not run yet.
    func checkDeadline() {
        let now = self.loop.now
        if self.pingSent != nil, self.deadline <= now { self.deadlinePassed(at: now) }
    }

    func deadlinePassed(at now: NIODeadline) {
        switch self.phase {
        case .ended: break
        case .closing: self.endClosing()
        case .open where self.pingSent == nil:
            self.pingSent = now
            let base = now - self.deadline > Self.tolerance ? now : self.deadline
            self.setDeadline(base + self.pingTimeout)
            self.send(EngineFrames.ping)
        // A pong would not be seen.
        case .open where !self.isReceiving: self.setDeadline(now + self.pingTimeout)
        case .open: self.end(.pingTimeout)
        }
    }

    // MARK: - The end

    /// Ends the session at once. A GET that waits gets what was sent, or else `farewell`.
    func end(
        _ reason: EngineCloseReason, _ farewell: PollingTransport.Farewell = .close, code: CloseCode? = nil,
        saying text: String = ""
    ) {
        guard self.phase != .ended else { return }
        guard self.phase == .open else { return self.endClosing() }
        let transport = self.transport
        self.phase = .ended
        self.loop.forget(self)
        self.loop.core.table.ended(self.sessionID, transport, reason)
        if let polling = self.polling, let get = polling.get {
            self.flush()
            if polling.get != nil { polling.send(farewell, to: get) }
            polling.get = nil
        }
        self.answerHeldPost()
        self.dropCandidate()
        self.polling = nil
        self.socket?.finish(code, reason: text)
        self.socket = nil
        self.notify(reason)
    }

    /// The client has everything, or has not come for it in time.
    func endClosing() {
        guard self.phase == .closing else { return }
        self.phase = .ended
        self.polling = nil
        self.loop.forget(self)
        self.loop.core.table.remove(self.sessionID)
    }

    /// Not from inside the call that ended the session.
    private func notify(_ reason: EngineCloseReason) {
        guard let handler = self.handler else { return }
        self.handler = nil
        self.eventLoop.assumeIsolated().execute { handler.closed(reason) }
    }

    private func dropCandidate() {
        self.candidate?.finish()
        self.candidate = nil
    }
}

@available(*, unavailable)
extension EngineSession: Sendable {}
