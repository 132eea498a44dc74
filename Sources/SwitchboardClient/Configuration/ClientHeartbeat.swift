// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a client finds out that a connection is dead that nobody has closed.
///
/// On a plain WebSocket: each `every`, the dialect's `ping` is sent, or a ping of the WebSocket where it has none; when nothing at all comes
/// for `timeout` after that, the connection is given up and made anew. A Socket.IO server pings by itself, at intervals of its own.
public struct ClientHeartbeat: Sendable, Equatable {
    /// Between two pings.
    public var every: Duration
    /// How long nothing may come behind one.
    public var timeout: Duration

    /// A heartbeat at these intervals.
    public init(every: Duration = .seconds(30), timeout: Duration = .seconds(10)) {
        self.every = every
        self.timeout = timeout
    }
}
