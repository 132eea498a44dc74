// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import EngineIO
import HTTP
import HTTPAPI
import NIOCore
import Realtime
import SocketIO
import SocketIODialect
import Synchronization
import Transport

/// The Socket.IO sessions of one of a platform's listeners. They stay when a reload exchanges what new ones have to pass.
final class SocketIOListener: Sendable {
    /// What holds from the start on, whatever a reload says.
    struct Settings: Hashable, Sendable {
        var heartbeat: [Int64]
        var connectTimeout: Int64
        var byteCounts: [Int]
        var origins: [String]

        init(_ rules: ListenerRules, of definition: PlatformDefinition) {
            self.heartbeat = [definition.heartbeat.every, definition.heartbeat.timeout]
            self.connectTimeout = definition.auth.timeout
            self.byteCounts = [definition.limits.messageByteCount, definition.limits.queueByteCount]
            self.origins = rules.origins
        }
    }

    let engine: EngineEndpoint
    let settings: Settings
    private let entry: HandshakeEntry

    /// - Parameters:
    ///   - index: the listener's place among the contract's.
    ///   - makeNumber: makes numbers that no other connection of this process has.
    init(
        _ platform: Platform, _ rules: ListenerRules, index: Int, authenticator: any Authenticator,
        makeNumber: @escaping @Sendable () -> UInt64
    ) {
        let definition = platform.definition
        let entry = HandshakeEntry()
        let door = PlatformDoor(
            platform, listener: index, authenticator: authenticator,
            credential: { $0.credential(query: $1.query, headers: $1.headers, auth: $2) }, makeNumber: makeNumber)
        let limits = Self.limits(of: definition)
        self.settings = Settings(rules, of: definition)
        self.entry = entry
        self.engine = EngineEndpoint(
            Self.configuration(of: rules, definition), admit: { entry.refusal(of: $0) },
            makeHandler: { port in
                guard let hub = platform.hub(on: port.eventLoop) else { return ClosingSession(port) }
                return SocketConnection(port: port, limits: limits, gate: PlatformGate(door, port: port, hub: hub))
            })
    }

    /// What handshakes that come from now on have to pass.
    func exchangeEntry(_ check: @escaping @Sendable (EngineHandshake) -> EngineRefusal?) { self.entry.exchange(check) }

    private static func configuration(of rules: ListenerRules, _ definition: PlatformDefinition) -> EngineConfiguration
    {
        var configuration = EngineConfiguration()
        configuration.path = rules.path.hasSuffix("/") ? rules.path : rules.path + "/"
        configuration.pingInterval = definition.heartbeat.every
        configuration.pingTimeout = definition.heartbeat.timeout
        configuration.maximumPayloadByteCount = definition.limits.messageByteCount
        configuration.maximumQueuedByteCount = definition.limits.queueByteCount
        configuration.tooSlowCode = definition.errors[.tooSlow].close ?? .tooSlow
        configuration.tooSlowReason = definition.errors[.tooSlow].reason ?? "reads too slowly"
        // Browsers take no cookies along to a server that is open to everybody.
        configuration.crossOrigin = EngineCrossOrigin(
            origins: rules.origins, allowsCredentials: !rules.origins.contains("*"))
        return configuration
    }

    private static func limits(of definition: PlatformDefinition) -> SocketLimits {
        var limits = SocketLimits()
        limits.connectTimeout = definition.auth.timeout
        // No command takes binary data; what comes is read to be refused.
        limits.attachmentByteCount = definition.limits.messageByteCount
        return limits
    }
}

/// What new sessions have to pass, exchanged by a reload.
private final class HandshakeEntry: Sendable {
    /// A function by itself would get one thunk more with each look into the mutex, until the stack ends.
    private struct Check: Sendable {
        var refusal: @Sendable (EngineHandshake) -> EngineRefusal?
    }

    private let check = Mutex(Check { _ in nil })

    func exchange(_ new: @escaping @Sendable (EngineHandshake) -> EngineRefusal?) {
        self.check.withLock { $0.refusal = new }
    }

    func refusal(of handshake: EngineHandshake) -> EngineRefusal? {
        let check = self.check.withLock { $0 }
        return check.refusal(handshake)
    }
}

/// A session that came when its platform had closed.
private final class ClosingSession: EngineSessionHandler {
    private let port: any EnginePort

    init(_ port: any EnginePort) { self.port = port }

    func opened() { self.port.close(.serverShuttingDown, code: .goingAway) }

    func received(text: UnsafeRawBufferPointer) {}

    func received(binary: UnsafeRawBufferPointer) {}

    func closed(_ reason: EngineCloseReason) {}
}
