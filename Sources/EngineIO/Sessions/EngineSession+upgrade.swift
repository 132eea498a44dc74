// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The change from polling to a WebSocket.
extension EngineSession {
    /// Whether a WebSocket that names this session may be tried: one at a time, once, and not after the end.
    func takes(_ candidate: UpgradeCandidate) -> Bool {
        guard self.phase == .open, self.socket == nil, self.candidate == nil else { return false }
        self.candidate = candidate
        return true
    }

    /// The client tries the WebSocket. Once it has the answer it sends no GET any more, and waits for the one that is open.
    func probed() {
        if let get = self.polling?.get { self.hurry(get) }
    }

    /// Ends a GET soon, with nothing if there is nothing.
    func hurry(_ get: PollingAnswer) {
        let time = TimeAmount.milliseconds(EngineConfiguration.probeWait)
        self.eventLoop.assumeIsolated().scheduleTask(in: time) {
            guard let polling = self.polling, polling.get === get, self.candidate != nil else { return }
            polling.get = nil
            get.send(payload: EngineFrames.noopBody)
        }
    }

    /// The client has chosen the WebSocket: what waits goes there, and everything after it.
    func upgrade(to socket: any EngineSocket) {
        guard self.phase == .open, let polling = self.polling else { return socket.finish(nil, reason: "") }
        self.candidate = nil
        self.socket = socket
        self.loop.core.table.upgraded()
        if !self.isReceiving { socket.setReceiving(false) }
        // No client in its right mind has one. The refusal is the one that its later requests get.
        if let get = polling.get {
            polling.get = nil
            get.send(EngineFault.badRequest)
        }
        polling.queue.takeAll { socket.send($0) }
        if polling.post == nil { self.polling = nil }
    }

    /// A candidate has failed.
    func forget(_ candidate: UpgradeCandidate) {
        if self.candidate === candidate { self.candidate = nil }
    }
}
