// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOPosix
import Testing

@testable import SocketIO

@Suite("Middlewares and namespaces by a rule")
struct MiddlewareTests {
    @Test("In order, the first error counts, its data told; what was joined is undone (checklist 52)")
    func middlewares() async throws {
        let io = SocketIOServer.forTests()
        let steps = Inbox<String>()
        io.use { socket in
            steps.put("first")
            socket.join("secret")
            socket.emit("session", "s1")
            await Task.yield()
        }
        io.use { socket in
            steps.put("second")
            switch socket.handshake.auth["token"].string {
            case "good": return
            case "coded": throw SocketConnectError("Not authorized", data: ["code": 7])
            case "plain": throw SocketConnectError("Not authorized")
            default: throw CancellationError()
            }
        }
        for (token, answer) in [
            ("coded", "{\"message\":\"Not authorized\",\"data\":{\"code\":7}}"),
            ("plain", "{\"message\":\"Not authorized\"}"), ("other", "{\"message\":\"Internal error\"}"),
        ] {
            let client = try await Client.open(io)
            try await client.send("40{\"token\":\"\(token)\"}")
            #expect(try await client.next(2) == ["42[\"session\",\"s1\"]", "44\(answer)"])
            #expect(try await steps.next(on: client.eventLoop) == "first")
            #expect(try await steps.next(on: client.eventLoop) == "second")
            #expect(await io.in("secret").fetchSockets().isEmpty)
        }
        let client = try await Client.open(io)
        try await client.send("40{\"token\":\"good\"}")
        #expect(try await client.next() == "42[\"session\",\"s1\"]")
        #expect(try await client.next().hasPrefix("40{\"sid\":"))
        #expect(await io.in("secret").fetchSockets().count == 1)
        #expect(try await client.sync() == Client.synced)
    }

    @Test("A client who goes while a middleware runs is not let in (checklist 53)")
    func goneMeanwhile() async throws {
        let io = SocketIOServer.forTests()
        let (arrived, gone) = (Inbox<Int>(), Inbox<Int>())
        let loop = Client.group.next()
        io.use { _ in
            arrived.put(1)
            _ = try await gone.next(on: loop)
        }
        let client = try await Client.open(io)
        try await client.send("40")
        _ = try await arrived.next(on: loop)
        try await client.end()
        gone.put(1)
        // A second one comes and goes through the same way behind the first.
        let other = try await Client.open(io)
        try await other.send("40")
        _ = try await arrived.next(on: loop)
        gone.put(2)
        #expect(try await other.next().hasPrefix("40{"))
        #expect(await io.fetchSockets().count == 1)
    }

    @Test("Rules: the first that fits, handlers and middlewares inherited, ends with the last socket (checklist 55)")
    func rules() async throws {
        let io = SocketIOServer.forTests()
        let rooms = io.of { name, auth in name.hasPrefix("/room-") && auth["token"].string == "t" }
        rooms.use { if $0.namespace.name == "/room-9" { throw SocketConnectError("closed") } }
        rooms.on("connection") { $0.emit("hello", .init($0.namespace.name)) }
        let other = io.of { name, _ in name.hasPrefix("/room-") || name == "/other" }
        other.on("connection") { $0.emit("other") }

        let client = try await Client.open(io)
        try await client.join("40/room-1,{\"token\":\"t\"}")
        #expect(try await client.next() == "42/room-1,[\"hello\",\"/room-1\"]")
        try await client.join("40/room-2,{}")
        #expect(try await client.next() == "42/room-2,[\"other\"]")
        try await client.send("40/room-9,{\"token\":\"t\"}")
        #expect(try await client.next() == "44/room-9,{\"message\":\"closed\"}")
        try await client.send("40/elsewhere,{\"token\":\"t\"}")
        #expect(try await client.next() == "44/elsewhere,{\"message\":\"Invalid namespace\"}")

        let second = try await Client.open(io)
        try await second.join("40/room-3,{\"token\":\"t\"}")
        _ = try await second.next()
        rooms.emit("news", 1)
        #expect(try await client.next() == "42/room-1,[\"news\",1]")
        #expect(try await second.next() == "42/room-3,[\"news\",1]")
        #expect(rooms.concrete.count == 2)
        try await client.send("41/room-1,")
        try await second.end()
        #expect(rooms.concrete.isEmpty)
        #expect(other.concrete.map(\.name) == ["/room-2"])
    }

    @Test("Clients cannot make more namespaces than the limit (checklist 55)")
    func ruleLimit() async throws {
        let io = SocketIOServer.forTests({ $0.maximumDynamicNamespaceCount = 2 }, onConnection: { _ in })
        _ = io.of { name, _ in name.hasPrefix("/r") }
        let client = try await Client.open(io)
        try await client.join("40/r1,")
        try await client.join("40/r2,")
        try await client.send("40/r3,")
        #expect(try await client.next() == "44/r3,{\"message\":\"Invalid namespace\"}")
        try await client.send("41/r1,")
        #expect(try await client.join("40/r3,").count == 20)
    }
}
