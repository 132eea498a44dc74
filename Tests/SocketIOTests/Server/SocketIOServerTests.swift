// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import NIOCore
import NIOPosix
import Testing
import Transport

@testable import SocketIO

/// Over a real socket: what cannot be seen without one.
@Suite("A server that listens")
struct SocketIOServerTests {
    /// A WebSocket client that keeps what it gets.
    private final class Session: ConnectionSession, Sendable {
        let messages: Inbox<String>

        init(_ messages: Inbox<String>) { self.messages = messages }

        func opened() {}
        func received(text: UnsafeRawBufferPointer) { self.messages.put(String(decoding: text, as: UTF8.self)) }
        func received(binary: UnsafeRawBufferPointer) { self.messages.put("<\(binary.count)>") }
        func closed() { self.messages.put("closed") }
    }

    private static func connect(to port: Int) async throws -> (client: WebSocketClient, messages: Inbox<String>) {
        let messages = Inbox<String>()
        var settings = WebSocketSettings()
        settings.maximumMessageByteCount = 4_000_000
        settings.maximumQueuedByteCount = 4_000_000
        let client = try await WebSocketDialer(group: Client.group).connect(
            to: WebSocketAddress(host: "127.0.0.1", port: port, target: "/socket.io/?EIO=4&transport=websocket&a=b"),
            settings: settings
        ) { _ in Session(messages) }
        #expect(try await messages.next(on: client.eventLoop).hasPrefix("0{\"sid\":"))
        return (client, messages)
    }

    @Test("Handshake, large events both ways, and the end (checklist 48, 68)")
    func serving() async throws {
        let reasons = Inbox<DisconnectReason>()
        let io = SocketIOServer.forTests { socket in
            socket.on("echo") { socket.emit("back", arguments: $0.arguments) }
            socket.on("who") { event in
                let handshake = socket.handshake
                event.acknowledge(
                    .init(handshake.address), .init(handshake.path), .init(handshake.query("a") ?? ""),
                    .init(handshake.isSecure), .init(handshake.header("UPGRADE") ?? ""))
            }
            socket.onDisconnect { reasons.put($0) }
        }
        let port = try await io.listen(port: 0)
        let (client, messages) = try await Self.connect(to: port)
        client.send(text: "40")
        #expect(try await messages.next(on: client.eventLoop).hasPrefix("40{\"sid\":"))
        client.send(text: "421[\"who\"]")
        #expect(
            try await messages.next(on: client.eventLoop)
                == "431[\"127.0.0.1\",\"/socket.io/\",\"b\",false,\"websocket\"]")
        // Exactly the limit of a message: 1,000,000 bytes.
        let text = String(repeating: "x", count: 1_000_000 - "42[\"echo\",\"\"]".utf8.count)
        client.send(text: "42[\"echo\",\"\(text)\"]")
        #expect(try await messages.next(on: client.eventLoop) == "42[\"back\",\"\(text)\"]")
        client.send(text: "451-[\"echo\",{\"_placeholder\":true,\"num\":0}]")
        client.send(binary: ByteBuffer(repeating: 7, count: 1_000_000))
        #expect(try await messages.next(on: client.eventLoop).hasPrefix("451-[\"back\","))
        #expect(try await messages.next(on: client.eventLoop) == "<1000000>")
        try await io.shutdown()
        #expect(try await messages.next(on: client.eventLoop) == "closed")
        #expect(try await reasons.next(on: client.eventLoop) == .serverShuttingDown)
    }

    @Test("The connect deadline is the configuration's (checklist 54)")
    func connectDeadline() async throws {
        let io = SocketIOServer.forTests({ $0.connectTimeout = .milliseconds(50) }, onConnection: { _ in })
        let port = try await io.listen(port: 0)
        let (client, messages) = try await Self.connect(to: port)
        #expect(try await messages.next(on: client.eventLoop) == "closed")
        try await io.shutdown()
    }
}
