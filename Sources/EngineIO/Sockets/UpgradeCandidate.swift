// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

/// A WebSocket that a client opened for a session that is polled: first it is tried, then it may take over. Owned by the session's loop.
///
/// Until the client sends `5` nothing but `3probe` is sent on it, and whatever goes wrong with it is of no concern to the session.
final class UpgradeCandidate: ConnectionSession {
    private enum Phase {
        case trying
        /// The session uses it: what comes is the session's.
        case taken
        case over
    }

    let socket: any EngineSocket
    /// The client tries it, and therefore waits for its GET to end.
    private(set) var isProbed = false
    private let session: EngineSession
    private var phase = Phase.trying
    private var timeout: Scheduled<Void>?

    init(_ socket: any EngineSocket, of session: EngineSession) {
        self.socket = socket
        self.session = session
    }

    func opened() {
        guard self.session.takes(self) else { return self.finish() }
        let time = TimeAmount.milliseconds(self.session.loop.core.configuration.upgradeTimeout)
        self.timeout = self.session.eventLoop.assumeIsolated().scheduleTask(in: time) { self.giveUp() }
    }

    func received(text: UnsafeRawBufferPointer) {
        switch self.phase {
        case .taken: self.session.received(text: text)
        case .over: break
        case .trying where !self.isProbed && text.elementsEqual("2probe".utf8):
            self.isProbed = true
            self.socket.send(EngineFrames.probeAnswer)
            self.session.probed()
        case .trying where text.elementsEqual("5".utf8):
            self.phase = .taken
            self.timeout?.cancel()
            self.timeout = nil
            self.session.upgrade(to: self.socket)
        case .trying: self.giveUp()
        }
    }

    func received(binary: UnsafeRawBufferPointer) {
        switch self.phase {
        case .taken: self.session.received(binary: binary)
        case .trying: self.giveUp()
        case .over: break
        }
    }

    func lost(frameCount: Int) {
        if self.phase == .taken { self.session.lost(frameCount: frameCount) }
    }

    func closed() {
        switch self.phase {
        case .taken: self.session.closed()
        case .trying: self.giveUp()
        case .over: break
        }
        self.phase = .over
    }

    /// Closes it; the session has ended, or does not want it.
    func finish() {
        guard self.phase == .trying else { return }
        self.phase = .over
        self.timeout?.cancel()
        self.timeout = nil
        self.socket.finish(nil, reason: "")
    }

    private func giveUp() {
        guard self.phase == .trying else { return }
        self.session.forget(self)
        self.finish()
    }
}

@available(*, unavailable)
extension UpgradeCandidate: Sendable {}
