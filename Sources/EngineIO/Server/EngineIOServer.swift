// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
package import NIOPosix
import Synchronization
import Transport

/// An Engine.IO server of its own, on one address.
///
/// Lifecycle: ``onConnection(_:)``, then ``listen(host:port:)``, once, then ``shutdown()``.
public final class EngineIOServer: Sendable {
    /// A server is asked to listen that listens already.
    public struct AlreadyListening: Error {}

    private struct State {
        var onConnection: @Sendable (EngineIOSession) -> Void = { _ in }
        var isStarted = false
        var listener: Listener?
        var endpoint: EngineEndpoint?
    }

    private let configuration: EngineConfiguration
    private let group: MultiThreadedEventLoopGroup
    private let state = Mutex(State())

    /// A server on as many threads as the machine has cores, which it shares with others of the process.
    public convenience init(_ configuration: EngineConfiguration = EngineConfiguration()) {
        self.init(configuration, group: .singleton)
    }

    /// - Parameter group: outlives the server.
    package init(_ configuration: EngineConfiguration, group: MultiThreadedEventLoopGroup) {
        self.configuration = configuration
        self.group = group
    }

    /// Says what is done with sessions that open from now on. `body` is called on the session's thread and must not block it.
    public func onConnection(_ body: @escaping @Sendable (EngineIOSession) -> Void) {
        self.state.withLock { $0.onConnection = body }
    }

    /// Listens, and returns when clients can connect.
    ///
    /// Throws what the system says of an address that cannot be used, and ``AlreadyListening``.
    /// - Parameters:
    ///   - host: a name or an address of this machine; `::` stands for all of them.
    ///   - port: 0 for any that is free.
    /// - Returns: the port in use.
    @discardableResult
    public func listen(host: String = "127.0.0.1", port: Int) async throws -> Int {
        let isFirst = self.state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { throw AlreadyListening() }
        do {
            let endpoint = EngineEndpoint(self.configuration) { [self] port in
                EngineIOSessionHandler(port, onConnection: self.state.withLock { $0.onConnection })
            }
            var configuration = ListenerConfiguration()
            configuration.host = host
            configuration.port = port
            let listener = try await Listener.start(
                configuration, application: EngineApplication(endpoint), on: self.group)
            self.state.withLock { state in
                state.listener = listener
                state.endpoint = endpoint
            }
            return listener.port
        } catch {
            self.state.withLock { $0.isStarted = false }
            throw error
        }
    }

    /// Ends every session with ``EngineCloseReason/serverShuttingDown``, and returns when no connection is left. Clients come back when there
    /// is somebody to come back to.
    public func shutdown() async throws {
        let (listener, endpoint) = self.state.withLock { state in
            defer { (state.listener, state.endpoint, state.isStarted) = (nil, nil, false) }
            return (state.listener, state.endpoint)
        }
        try await listener?.stopAccepting()
        await endpoint?.closeAll(.serverShuttingDown)
        try await listener?.closeAll(.goingAway, reason: "going away")
    }
}
