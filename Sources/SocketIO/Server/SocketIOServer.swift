// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
package import EngineIO
import NIOCore
package import NIOPosix
import Synchronization
import Transport

/// A Socket.IO server: namespaces, sockets and rooms, for the clients of Socket.IO 3 and 4 in any language.
///
///     let io = SocketIOServer()
///     io.on("connection") { socket in
///         socket.join("room1")
///         socket.on("message") { event in
///             socket.emit("message-back", arguments: event.arguments)
///         }
///     }
///     try await io.listen(port: 3000)
///
/// Usable from any thread and task. Members that are not of the server itself are those of the namespace `/`.
public final class SocketIOServer: Sendable {
    /// The namespace `/`, which clients join unless they name another.
    public let root: SocketNamespace

    /// The server below, for programs that serve more than this on one address.
    package let endpoint: EngineEndpoint

    /// What speaks Socket.IO on one session of the endpoint.
    let makeConnection: @Sendable (any EnginePort) -> SocketConnection

    private let table: NamespaceTable
    private let group: MultiThreadedEventLoopGroup
    private let listener = Mutex<Listener?>(nil)

    /// A server on as many threads as the machine has cores, which it shares with others of the process.
    public convenience init(_ configuration: SocketIOConfiguration = SocketIOConfiguration()) {
        self.init(configuration, group: .singleton)
    }

    /// - Parameter group: outlives the server.
    package init(_ configuration: SocketIOConfiguration, group: MultiThreadedEventLoopGroup) {
        let table = NamespaceTable(configuration)
        var limits = SocketLimits()
        limits.connectTimeout = configuration.connectTimeout.milliseconds
        limits.attachmentByteCount = limits.attachmentCount * configuration.engine.maximumPayloadByteCount
        let socketLimits = limits
        let recovery = configuration.recovery
        let makeConnection: @Sendable (any EnginePort) -> SocketConnection = { port in
            SocketConnection(
                port: port, limits: socketLimits,
                gate: NamespaceGate(table, recovery: recovery, on: port.eventLoop))
        }
        self.table = table
        self.root = table.namespace("/")
        self.group = group
        self.makeConnection = makeConnection
        self.endpoint = EngineEndpoint(configuration.engine) { makeConnection($0) }
    }

    // MARK: Namespaces

    /// The namespace of that name, made if need be. Without it, clients who ask for it are told `Invalid namespace`.
    public func of(_ name: String) -> SocketNamespace { self.table.namespace(name) }

    /// A rule for namespaces that come to exist when a client asks for them.
    ///
    /// - Parameter condition: whether there is a namespace of this name for a client with this auth. Rules are asked in the order in which they
    ///   were made, only for names that no namespace has yet. On an event loop; it must not block.
    public func of(where condition: @escaping @Sendable (_ name: String, _ auth: SocketValue) -> Bool)
        -> SocketNamespace
    {
        self.table.addRule(condition)
    }

    // MARK: The namespace `/`

    /// Runs `handler` for each client that has joined `/`. See `SocketNamespace.onConnection(_:)`.
    public func onConnection(_ handler: @escaping @Sendable (Socket) -> Void) { self.root.onConnection(handler) }

    /// Runs `handler` for each client that has joined `/`; `name` is `connection`.
    public func on(_ name: String, _ handler: @escaping @Sendable (Socket) -> Void) { self.root.on(name, handler) }

    /// Runs `middleware` before a client is let into `/`. See `SocketNamespace.use(_:)`.
    public func use(_ middleware: @escaping SocketNamespace.Middleware) { self.root.use(middleware) }

    /// Those in the rooms.
    public func to(_ rooms: String...) -> SocketBroadcast { self.root.everyone.to(rooms) }

    /// Those in the rooms; of no room at all, nobody.
    public func to(_ rooms: [String]) -> SocketBroadcast { self.root.everyone.to(rooms) }

    /// The same as `to`.
    public func `in`(_ rooms: String...) -> SocketBroadcast { self.root.everyone.to(rooms) }

    /// Those who are not in the rooms.
    public func except(_ rooms: String...) -> SocketBroadcast { self.root.everyone.except(rooms) }

    /// Everybody, for events that may be lost.
    public var volatile: SocketBroadcast { self.root.volatile }

    /// Sends an event to everybody.
    public func emit(_ name: String, _ arguments: SocketValue...) { self.root.emit(name, arguments: arguments) }

    /// Sends an event with a list of arguments to everybody.
    public func emit(_ name: String, arguments: [SocketValue]) { self.root.emit(name, arguments: arguments) }

    /// Sends an event to everybody and waits for the answers. See `SocketBroadcast.emitWithAck(_:_:timeout:)`.
    public func emitWithAck(
        _ name: String, _ arguments: SocketValue..., timeout: Duration
    ) async throws -> [SocketValue] {
        try await self.root.everyone.emitWithAck(name, arguments: arguments, timeout: timeout)
    }

    /// The sockets that are connected to this process now.
    public func fetchSockets() async -> [Socket] { await self.root.fetchSockets() }

    /// Lets everybody enter rooms.
    public func socketsJoin(_ rooms: String...) { self.root.everyone.socketsJoin(rooms) }

    /// Lets everybody leave rooms.
    public func socketsLeave(_ rooms: String...) { self.root.everyone.socketsLeave(rooms) }

    /// Puts everybody out of `/`.
    ///
    /// - Parameter close: also ends their connections.
    public func disconnectSockets(close: Bool = false) { self.root.disconnectSockets(close: close) }

    // MARK: Listening

    /// Listens, and returns when clients can connect.
    ///
    /// Throws what the system says of an address that cannot be used. A server listens on one address.
    /// - Parameters:
    ///   - host: a name or an address of this machine; `::` stands for all of them.
    ///   - port: 0 for any that is free.
    /// - Returns: the port in use.
    @discardableResult
    public func listen(host: String = "127.0.0.1", port: Int) async throws -> Int {
        var configuration = ListenerConfiguration()
        configuration.host = host
        configuration.port = port
        let listener = try await Listener.start(
            configuration, application: EngineApplication(self.endpoint), on: self.group)
        self.listener.withLock { $0 = listener }
        return listener.port
    }

    /// Ends every connection with `server shutting down`, and returns when none is left. Clients come back when there is somebody to come back to.
    /// The server cannot be used again.
    public func shutdown() async throws {
        let listener = self.listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        try await listener?.stopAccepting()
        await self.endpoint.closeAll(.serverShuttingDown)
        try await listener?.closeAll(.goingAway, reason: "going away")
    }
}
