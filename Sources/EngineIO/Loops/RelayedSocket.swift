// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

/// The session's end of a relay: a WebSocket as the session sees it. Owned by the session's loop.
final class RelayedSocket: EngineSocket {
    private let relay: Relay
    private let bridge: LoopBridge
    private let eventLoop: any EventLoop
    private var receiver: (any ConnectionSession)?
    private var isReceiving = true
    /// What came while the session was not receiving.
    private var held = CircularBuffer<RelayStep.Action>(initialCapacity: 0)
    private(set) var isReadyNow = true
    private(set) var endReason = EngineCloseReason.transportClose

    private init(_ relay: Relay, bridge: LoopBridge, eventLoop: any EventLoop) {
        self.relay = relay
        self.bridge = bridge
        self.eventLoop = eventLoop
    }

    /// Offers a connection that was accepted to the session it asked for.
    static func open(_ relay: Relay, to session: EngineSession, takesBinary: Bool) {
        let socket = RelayedSocket(
            relay, bridge: session.loop.bridge(to: relay.connectionLoop), eventLoop: session.eventLoop)
        relay.socket.value = socket
        let candidate = UpgradeCandidate(takesBinary ? socket : Base64Socket(socket), of: session)
        socket.receiver = candidate
        candidate.opened()
    }

    func send(_ frames: ByteBuffer) { self.bridge.append(self.relay, .send(frames)) }

    func send(_ frames: ByteBuffer, queueing: Queueing) {
        self.bridge.append(self.relay, .sendQueueing(frames, queueing))
    }

    func setReceiving(_ isReceiving: Bool) {
        guard isReceiving != self.isReceiving else { return }
        self.isReceiving = isReceiving
        self.bridge.append(self.relay, .setReceiving(isReceiving))
        if isReceiving { self.eventLoop.assumeIsolated().execute { self.handOnHeld() } }
    }

    func finish(_ code: CloseCode?, reason: String) { self.bridge.append(self.relay, .finish(code, reason)) }

    /// From the connection's end.
    func take(_ action: RelayStep.Action) {
        if self.isReceiving, self.held.isEmpty { self.handOn(action) } else { self.held.append(action) }
        if case .closed = action { self.handOnHeld(all: true) }
    }

    private func handOnHeld(all: Bool = false) {
        while self.isReceiving || all, let action = self.held.popFirst() { self.handOn(action) }
    }

    private func handOn(_ action: RelayStep.Action) {
        switch action {
        case .text(let bytes): bytes.withUnsafeReadableBytes { self.receiver?.received(text: $0) }
        case .binary(let bytes): bytes.withUnsafeReadableBytes { self.receiver?.received(binary: $0) }
        case .lost(let count): self.receiver?.lost(frameCount: count)
        case .ready(let isReady): self.isReadyNow = isReady
        case .closed(let reason):
            self.endReason = reason
            self.relay.socket.value = nil
            let receiver = self.receiver
            self.receiver = nil
            receiver?.closed()
        case .opened, .send, .sendQueueing, .setReceiving, .finish: break
        }
    }
}

@available(*, unavailable)
extension RelayedSocket: Sendable {}
