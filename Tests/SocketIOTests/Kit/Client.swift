// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import NIOCore
import NIOPosix

@testable import SocketIO

/// A client of a `SocketIOServer` without a network between: what it sends is handed over on one of two event loops, what the server
/// sends is waited for.
final class Client: Sendable {
    let eventLoop: any EventLoop
    private let port: NIOLoopBoundBox<RecordingPort>
    private let connection: NIOLoopBoundBox<SocketConnection>
    private let inbox: Inbox<String>
    private let closes: Inbox<EngineCloseReason>

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    private init(
        on eventLoop: any EventLoop, _ port: NIOLoopBoundBox<RecordingPort>,
        _ connection: NIOLoopBoundBox<SocketConnection>,
        _ inbox: Inbox<String>, _ closes: Inbox<EngineCloseReason>
    ) {
        self.eventLoop = eventLoop
        self.port = port
        self.connection = connection
        self.inbox = inbox
        self.closes = closes
    }

    /// Opens a session; each lives on the next loop.
    static func open(_ server: SocketIOServer) async throws -> Client {
        let eventLoop = Self.group.next()
        return try await eventLoop.submit {
            let (inbox, closes) = (Inbox<String>(), Inbox<EngineCloseReason>())
            let port = RecordingPort(eventLoop: eventLoop)
            let connection = NIOLoopBoundBox(server.makeConnection(port), eventLoop: eventLoop)
            port.onSend = { inbox.put($0) }
            port.onClose = { reason in
                closes.put(reason)
                eventLoop.execute { connection.value.closed(reason) }
            }
            connection.value.opened()
            return Client(on: eventLoop, NIOLoopBoundBox(port, eventLoop: eventLoop), connection, inbox, closes)
        }.get()
    }

    /// Opens a session and joins `/`.
    static func join(_ server: SocketIOServer, _ connect: String = "40") async throws -> (client: Client, id: String) {
        let client = try await Self.open(server)
        return (client, try await client.join(connect))
    }

    /// Sends a CONNECT and waits for the answer.
    ///
    /// - Returns: the id.
    @discardableResult
    func join(_ connect: String = "40") async throws -> String {
        try await self.send(connect)
        let answer = try await self.next()
        return answer.split(separator: "\"").dropFirst(3).first.map { String($0) } ?? ""
    }

    /// As on the wire, with the `4`.
    func send(_ messages: String...) async throws {
        try await self.eventLoop.submit {
            for message in messages {
                Array(message.utf8.dropFirst()).withUnsafeBytes { self.connection.value.received(text: $0) }
            }
        }.get()
    }

    func send(_ text: String, binary: [[UInt8]]) async throws {
        try await self.eventLoop.submit {
            Array(text.utf8.dropFirst()).withUnsafeBytes { self.connection.value.received(text: $0) }
            for bytes in binary { bytes.withUnsafeBytes { self.connection.value.received(binary: $0) } }
        }.get()
    }

    func next() async throws -> String { try await self.inbox.next(on: self.eventLoop) }

    func next(_ count: Int) async throws -> [String] {
        var messages: [String] = []
        for _ in 0..<count { messages.append(try await self.next()) }
        return messages
    }

    /// The next message when nothing else is to come before: an event of its own is answered by the server's `sync` handler.
    func sync() async throws -> String {
        try await self.send("42999[\"sync\"]")
        return try await self.next()
    }

    static let synced = "43999[]"

    /// The server has closed the session.
    func closed() async throws -> EngineCloseReason { try await self.closes.next(on: self.eventLoop) }

    /// The session ends, as the engine would tell it.
    func end(_ reason: EngineCloseReason = .transportClose) async throws {
        try await self.eventLoop.submit {
            guard self.port.value.closed == nil else { return }
            self.port.value.onClose = { _ in }
            self.port.value.close(reason, code: nil)
            self.connection.value.closed(reason)
        }.get()
    }

    func setReady(_ isReady: Bool) async throws {
        try await self.eventLoop.submit { self.port.value.isReadyNow = isReady }.get()
    }

    /// Runs on the client's loop.
    func onLoop<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async throws -> Result {
        try await self.eventLoop.submit(body).get()
    }
}

extension SocketIOServer {
    /// A server whose sockets answer `sync`.
    static func forTests(
        onConnection: @escaping @Sendable (Socket) -> Void = { _ in }
    ) -> SocketIOServer { Self.forTests({ _ in }, onConnection: onConnection) }

    static func forTests(
        _ change: (inout SocketIOConfiguration) -> Void, onConnection: @escaping @Sendable (Socket) -> Void
    ) -> SocketIOServer {
        var configuration = SocketIOConfiguration()
        change(&configuration)
        let io = SocketIOServer(configuration, group: Client.group)
        io.on("connection") { socket in
            socket.on("sync") { $0.acknowledge() }
            onConnection(socket)
        }
        return io
    }
}
