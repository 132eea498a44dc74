// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Transport

/// The connection's end of a relay. Owned by the connection's loop.
final class RelayedConnection: ConnectionSession {
    /// How soon a clogged connection is looked at again.
    private static let lookInterval = TimeAmount.milliseconds(20)

    private let relay: Relay
    private let bridge: LoopBridge
    private let session: SessionTable.Entry
    private let takesBinary: Bool
    private let connection: any EngineSocket
    private var isToldReady = true

    init(
        _ connection: any EngineSocket, relay: Relay, bridge: LoopBridge, session: SessionTable.Entry, takesBinary: Bool
    ) {
        self.connection = connection
        self.relay = relay
        self.bridge = bridge
        self.session = session
        self.takesBinary = takesBinary
    }

    // MARK: - From the connection

    func opened() {
        self.relay.connection.value = self
        self.bridge.append(self.relay, .opened(self.session, takesBinary: self.takesBinary))
    }

    func received(text: UnsafeRawBufferPointer) { self.bridge.append(self.relay, .text(ByteBuffer(bytes: text))) }

    func received(binary: UnsafeRawBufferPointer) {
        self.bridge.append(self.relay, .binary(ByteBuffer(bytes: binary)))
    }

    func lost(frameCount: Int) { self.bridge.append(self.relay, .lost(frameCount)) }

    func closed() {
        self.relay.connection.value = nil
        self.bridge.append(self.relay, .closed(self.connection.endReason))
    }

    // MARK: - From the session

    func send(_ frames: ByteBuffer) {
        self.connection.send(frames)
        self.tellReady()
    }

    func send(_ frames: ByteBuffer, queueing: Queueing) {
        self.connection.send(frames, queueing: queueing)
        self.tellReady()
    }

    func setReceiving(_ isReceiving: Bool) { self.connection.setReceiving(isReceiving) }

    func finish(_ code: CloseCode?, reason: String) { self.connection.finish(code, reason: reason) }

    private func tellReady() {
        guard self.isToldReady, !self.connection.isReadyNow else { return }
        self.isToldReady = false
        self.bridge.append(self.relay, .ready(false))
        self.lookAgain()
    }

    private func lookAgain() {
        self.relay.connectionLoop.assumeIsolated().scheduleTask(in: Self.lookInterval) {
            guard self.relay.connection.value != nil else { return }
            guard self.connection.isReadyNow else { return self.lookAgain() }
            self.isToldReady = true
            self.bridge.append(self.relay, .ready(true))
        }
    }
}

@available(*, unavailable)
extension RelayedConnection: Sendable {}
