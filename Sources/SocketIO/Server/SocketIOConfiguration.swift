// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import EngineIO
public import Logging

/// How a Socket.IO server behaves. The defaults are those of the reference implementation.
public struct SocketIOConfiguration: Sendable {
    /// What lies below: path, transports, heartbeat, sizes, CORS, cookie.
    public var engine: EngineConfiguration
    /// How long a client may be connected without joining a namespace.
    public var connectTimeout = Duration.seconds(45)
    /// Lets clients that were cut off take up where they were; nil: each connection begins anew.
    public var recovery: SocketRecoveryConfiguration?
    /// Namespaces that may exist because clients' names matched a rule; past it such a CONNECT is refused.
    public var maximumDynamicNamespaceCount = 1000
    /// Whether a namespace that exists by a rule ends with its last socket.
    public var removesEmptyNamespaces = true
    /// Told of middlewares that failed and of events that could not be sent.
    public var logger = Logger(label: "socketio")

    /// The reference implementation's settings, on the path `/socket.io/`.
    public init() {
        self.engine = EngineConfiguration()
        self.engine.path = "/socket.io/"
    }

    /// The defaults with another heartbeat.
    ///
    /// - Parameters:
    ///   - pingInterval: from a client's answer to the next ping.
    ///   - pingTimeout: how long the client has to answer.
    ///   - connectTimeout: how long a client may be connected without joining a namespace.
    public init(
        pingInterval: Duration, pingTimeout: Duration = .seconds(20), connectTimeout: Duration = .seconds(45)
    ) {
        self.init()
        self.engine.pingInterval = pingInterval.milliseconds
        self.engine.pingTimeout = pingTimeout.milliseconds
        self.connectTimeout = connectTimeout
    }
}

/// How clients that were cut off take up where they were: same id, rooms and data, and the events that they missed.
///
/// State is kept in memory, and only after a loss that was nobody's wish (`DisconnectReason.isRecoverable`).
public struct SocketRecoveryConfiguration: Sendable {
    /// How long a client may be away.
    public var maximumDisconnection = Duration.seconds(120)
    /// Whether a client who comes back passes by the namespace's middlewares.
    public var skipsMiddlewares = true
    /// Bytes of events kept for those who are away, for each namespace. Who needs older ones begins anew; so does who has missed more than
    /// half of what may wait for a client (`EngineConfiguration.maximumQueuedByteCount`).
    public var maximumEventByteCount = 16 * 1024 * 1024
    /// Clients whose state is kept, for each namespace; the longest absent are forgotten first.
    public var maximumSessionCount = 10_000

    /// The reference implementation's two minutes.
    public init() {}
}

extension Duration {
    /// Whole milliseconds, not less than none.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (thousands, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? 0 : .max }
        return max(0, thousands.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue)
    }
}
