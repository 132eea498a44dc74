// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Shows signs of life on one connection and gives it up when none comes back. Owned by its loop.
final class Heartbeat {
    private let rules: ClientHeartbeat
    private let connection: ClientConnection
    private let ping: String?
    private let eventLoop: any EventLoop
    private var next: Scheduled<Void>?
    private var hasHeard = false

    init(_ rules: ClientHeartbeat, of connection: ClientConnection, wire: Wire, on eventLoop: any EventLoop) {
        self.rules = rules
        self.connection = connection
        self.ping = wire.ping
        self.eventLoop = eventLoop
        self.scheduleBeat()
    }

    /// Something has come from the server.
    func heard() { self.hasHeard = true }

    func stop() {
        self.next?.cancel()
        self.next = nil
    }

    private func scheduleBeat() {
        self.next = self.eventLoop.assumeIsolated().scheduleTask(in: self.rules.every.timeAmount) { self.beat() }
    }

    private func beat() {
        guard let ping = self.ping else {
            self.connection.beat()
            return self.scheduleBeat()
        }
        self.hasHeard = false
        self.connection.ping(ping)
        self.next = self.eventLoop.assumeIsolated().scheduleTask(in: self.rules.timeout.timeAmount) {
            // A client that does not take what comes hears nothing, and the server is not to blame.
            guard self.hasHeard || self.connection.isHeld else {
                return self.connection.fail(ClientFault(.lost, "nothing came from the server for too long"))
            }
            self.scheduleBeat()
        }
    }
}
