// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import Logging
import NIOCore
import Synchronization

/// A part of a server that clients join by its name, with sockets, rooms and rules of its own.
///
/// What is made with `SocketIOServer.of(where:)` is a rule for names: it has no sockets, its handlers and middlewares count for every
/// namespace that comes to exist by it, and broadcasts reach all of those.
public final class SocketNamespace: Sendable {
    /// Begins with `/`. Of a rule: empty.
    public let name: String

    let mailboxes: Mailboxes
    let recovery: RecoveryLog?
    private let logger: Logger
    /// The rule that it exists by.
    private let rule: SocketNamespace?
    private let settings = Mutex(Settings())
    private let ackCount = Atomic<UInt32>(0)
    private let onSocketEnded: @Sendable (SocketNamespace) -> Void

    /// Runs before a client is let in; may take its time. To keep him out, it throws, best a `SocketConnectError`.
    public typealias Middleware = @Sendable (Socket) async throws -> Void

    private struct Settings {
        var middlewares: [Middleware] = []
        var handlers: [@Sendable (Socket) -> Void] = []
        /// Of a rule: the namespaces that exist by it.
        var children: [SocketNamespace] = []
    }

    init(
        _ name: String, rule: SocketNamespace? = nil, mailboxes: Mailboxes, configuration: SocketIOConfiguration,
        onSocketEnded: @escaping @Sendable (SocketNamespace) -> Void
    ) {
        self.name = name
        self.rule = rule
        self.mailboxes = mailboxes
        self.recovery = configuration.recovery.map {
            RecoveryLog($0, queueByteCount: configuration.engine.maximumQueuedByteCount)
        }
        self.logger = configuration.logger
        self.onSocketEnded = onSocketEnded
    }

    // MARK: Handlers

    /// Runs `handler` for each client that has joined, on its event loop, behind the answer to its CONNECT and before its first event. Handlers
    /// of events are best registered there, at once.
    public func onConnection(_ handler: @escaping @Sendable (Socket) -> Void) {
        self.settings.withLock { $0.handlers.append(handler) }
    }

    /// The same under the name that it has in JavaScript: `connection`, or `connect`. Other names mean nothing here and are logged.
    public func on(_ name: String, _ handler: @escaping @Sendable (Socket) -> Void) {
        guard name == "connection" || name == "connect" else {
            return self.report("a namespace has no event `\(name)`, only `connection`")
        }
        self.onConnection(handler)
    }

    /// Runs `middleware` before a client is let in, behind those registered before. The socket can be used; what it joined is undone if it
    /// is kept out, and what it is sent leaves ahead of the answer.
    public func use(_ middleware: @escaping Middleware) {
        self.settings.withLock { $0.middlewares.append(middleware) }
    }

    var middlewares: [Middleware] { (self.rule?.middlewares ?? []) + self.settings.withLock(\.middlewares) }

    func connected(_ socket: Socket) {
        self.rule?.connected(socket)
        for handler in self.settings.withLock(\.handlers) { handler(socket) }
    }

    func socketEnded() { self.onSocketEnded(self) }

    // MARK: Rules

    /// What broadcasts reach: itself, or the namespaces of a rule.
    var concrete: [SocketNamespace] { self.name.isEmpty ? self.settings.withLock(\.children) : [self] }

    func addChild(_ child: SocketNamespace) { self.settings.withLock { $0.children.append(child) } }

    /// Ends its part in the rule that it exists by.
    func leaveRule() { self.rule?.removeChild(self) }

    private func removeChild(_ child: SocketNamespace) {
        self.settings.withLock { $0.children.removeAll { $0 === child } }
    }

    // MARK: Broadcasting

    /// Everybody in the namespace.
    public var everyone: SocketBroadcast { SocketBroadcast(self) }

    /// Those in the rooms.
    public func to(_ rooms: String...) -> SocketBroadcast { self.everyone.to(rooms) }

    /// Those in the rooms; of no room at all, nobody.
    public func to(_ rooms: [String]) -> SocketBroadcast { self.everyone.to(rooms) }

    /// The same as `to`.
    public func `in`(_ rooms: String...) -> SocketBroadcast { self.everyone.to(rooms) }

    /// Those who are not in the rooms.
    public func except(_ rooms: String...) -> SocketBroadcast { self.everyone.except(rooms) }

    /// Everybody, for events that may be lost.
    public var volatile: SocketBroadcast { self.everyone.volatile }

    /// Sends an event to everybody.
    public func emit(_ name: String, _ arguments: SocketValue...) { self.everyone.emit(name, arguments: arguments) }

    /// Sends an event with a list of arguments to everybody.
    public func emit(_ name: String, arguments: [SocketValue]) { self.everyone.emit(name, arguments: arguments) }

    /// The sockets that are connected to this process now.
    public func fetchSockets() async -> [Socket] { await self.everyone.fetchSockets() }

    /// Lets everybody enter rooms.
    public func socketsJoin(_ rooms: String...) { self.everyone.socketsJoin(rooms) }

    /// Lets everybody leave rooms.
    public func socketsLeave(_ rooms: String...) { self.everyone.socketsLeave(rooms) }

    /// Puts everybody out.
    ///
    /// - Parameter close: also ends their connections.
    public func disconnectSockets(close: Bool = false) { self.everyone.disconnectSockets(close: close) }

    // MARK: Packets

    /// Sends an event to an audience.
    ///
    /// - Parameter socket: the audience is this socket alone; nothing but its own loop needs to know.
    func send(
        _ name: String, _ arguments: [SocketValue], to audience: Audience, isVolatile: Bool = false,
        directly socket: Socket? = nil
    ) {
        let isKept = self.recovery != nil && !isVolatile
        let encoded = EncodedArguments(name: name, arguments, offset: isKept ? RecoveryLog.noOffset : nil)
        guard self.canSend(name, encoded) else { return }
        let frames = SocketPacketWriter.event(encoded.bytes, attachments: encoded.attachments)
        if let recovery = self.recovery, isKept {
            let hole = encoded.offsetPosition(in: frames)
            return self.mailboxes.inOneStep {
                let frames = recovery.append(frames, hole: hole, for: audience)
                return { $0[self]?.forEach(in: audience) { $0.send(frames, isVolatile: false) } }
            }
        }
        if let socket { return socket.onMember { $0.send(frames, isVolatile: isVolatile) } }
        self.mailboxes.everywhere { $0[self]?.forEach(in: audience) { $0.send(frames, isVolatile: isVolatile) } }
    }

    /// An id for an event that wants an answer. Below 2³¹, since some clients read no more.
    func nextAck() -> UInt64 {
        UInt64(self.ackCount.wrappingAdd(1, ordering: .relaxed).oldValue & 0x7FFF_FFFF)
    }

    /// Whether clients would take it. What they would not is logged.
    func canSend(_ name: String, _ encoded: EncodedArguments) -> Bool {
        if EventNames.isReserved(name) {
            self.report("the event name `\(name)` is the protocol's own")
            return false
        }
        guard encoded.isSendable else {
            self.report("an event with more than \(EncodedArguments.maximumAttachmentCount) attachments")
            return false
        }
        return true
    }

    func report(_ fault: String) {
        self.logger.error("not sent: \(fault)", metadata: ["namespace": "\(self.name)"])
    }

    func report(_ error: any Error) {
        self.logger.error("a middleware failed: \(error)", metadata: ["namespace": "\(self.name)"])
    }
}

extension EncodedArguments {
    /// Clients drop a connection that sends more in one packet.
    static let maximumAttachmentCount = SocketLimits().attachmentCount

    var isSendable: Bool { self.attachments.count <= Self.maximumAttachmentCount }

    /// Where in the packet's frames the offset stands: at the end of the array, which is at the end of the text frame.
    func offsetPosition(in frames: ByteBuffer) -> Int {
        let behind = self.attachments.reduce(0) { $0 + SocketPacketWriter.frameByteCount(of: $1) }
        return frames.writerIndex - behind - 2 - RecoveryLog.offsetByteCount
    }
}
