// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import NIOCore
import Testing

@testable import SocketIO

@Suite("Sockets of a server")
struct SocketTests {
    // MARK: Connecting

    @Test("The answer to the CONNECT comes before what the handler sends; ids differ (checklist 49)")
    func connecting() async throws {
        let io = SocketIOServer.forTests { $0.emit("auth", $0.handshake.auth) }
        io.of("/custom").on("connection") { $0.emit("auth", $0.handshake.auth) }
        let client = try await Client.open(io)
        let first = try await client.join()
        #expect(try await client.next() == "42[\"auth\",{}]")
        let second = try await client.join("40/custom,{\"token\":\"abc\",\"ü\":\"€\"}")
        #expect(try await client.next() == "42/custom,[\"auth\",{\"token\":\"abc\",\"ü\":\"€\"}]")
        #expect(first.utf8.count == 20)
        #expect(second.utf8.count == 20)
        #expect(first != second)
    }

    @Test("Unknown namespaces in the exact words (checklist 50)")
    func unknownNamespace() async throws {
        let client = try await Client.open(SocketIOServer.forTests())
        try await client.send("40/random,")
        #expect(try await client.next() == "44/random,{\"message\":\"Invalid namespace\"}")
        try await client.join()
        #expect(try await client.sync() == Client.synced)
    }

    // MARK: Events

    private static func echo() -> SocketIOServer {
        SocketIOServer.forTests { socket in
            socket.on("echo") { socket.emit("back", arguments: $0.arguments) }
            socket.on("ack") { event in
                event.acknowledge(arguments: event.arguments)
                event.acknowledge("again")
            }
        }
    }

    @Test(
        "What is passed on keeps its form (checklist 64, 67)",
        arguments: [
            "1,\"2\",{\"3\":[true]}", "\"\\ud800\"", "\"h\u{e9}\u{2028}/\\/\"", "{\"b\":1,\"a\":2}", "1.50,1e400,-0",
            "{\"_placeholder\":true,\"num\":0}", "{\"__proto__\":{\"x\":1}}", "null", "[[],{}]",
        ])
    func echo(json: String) async throws {
        let client = try await Client.join(Self.echo()).client
        try await client.send("42[\"echo\",\(json)]")
        #expect(try await client.next() == "42[\"back\",\(json)]")
    }

    @Test("Bytes at any depth, the same twice, and none (checklist 63)")
    func binary() async throws {
        let client = try await Client.join(Self.echo()).client
        func placeholder(_ number: Int) -> String { "{\"_placeholder\":true,\"num\":\(number)}" }
        try await client.send(
            "452-[\"echo\",{\"a\":[\(placeholder(1))]},\(placeholder(0)),\(placeholder(1))]", binary: [[], [1, 2]])
        #expect(
            try await client.next(4) == [
                "453-[\"back\",{\"a\":[\(placeholder(0))]},\(placeholder(1)),\(placeholder(2))]", "<0102>", "<>",
                "<0102>",
            ])
    }

    @Test("Answers: once, id 0, no arguments, bytes, the namespace kept; none without a handler (checklist 60, 61)")
    func answers() async throws {
        let io = Self.echo()
        io.of("/custom").on("connection") { socket in socket.on("ack") { $0.acknowledge(arguments: $0.arguments) } }
        let client = try await Client.join(io).client
        try await client.join("40/custom,")
        try await client.send("420[\"ack\"]", "42456[\"ack\",1,\"2\",{\"3\":[false]}]", "421[\"nobody\"]")
        #expect(try await client.next(2) == ["430[]", "43456[1,\"2\",{\"3\":[false]}]"])
        try await client.send("42/custom,9007199254740993[\"ack\",1]")
        #expect(try await client.next() == "43/custom,9007199254740993[1]")
        try await client.send("451-789[\"ack\",{\"_placeholder\":true,\"num\":0}]", binary: [[1]])
        #expect(try await client.next(2) == ["461-789[{\"_placeholder\":true,\"num\":0}]", "<01>"])
        #expect(try await client.sync() == Client.synced)
    }

    @Test("Numbers and the empty text are names (checklist 59)")
    func oddNames() async throws {
        let io = SocketIOServer.forTests { socket in
            socket.on("1") { socket.emit("number", $0[0]) }
            socket.on("") { socket.emit("", $0[1]) }
        }
        let client = try await Client.join(io).client
        try await client.send("42[1,2]", "42[\"\",3,4]", "42[\"\"]")
        #expect(try await client.next(3) == ["42[\"number\",2]", "42[\"\",4]", "42[\"\",null]"])
    }

    @Test("What no client would take is not sent (checklist 59, 63)")
    func notSendable() async throws {
        let (io, client, socket) = try await Self.connected()
        for name in EventNames.reserved { socket.emit(name, 1) }
        let bytes = SocketValue(bytes: [1])
        socket.emit("many", arguments: Array(repeating: bytes, count: 11))
        io.emit("connect")
        await #expect(throws: SocketAnswerError.self) {
            try await socket.emitWithAck("disconnect", timeout: .seconds(20))
        }
        socket.emit("ten", arguments: Array(repeating: bytes, count: 10))
        #expect(try await client.next().hasPrefix("4510-[\"ten\","))
    }

    @Test("Middlewares of a socket, catch-all and one-time handlers")
    func handlers() async throws {
        struct Refusal: Error {}
        let io = SocketIOServer.forTests { socket in
            socket.use { if $0.name == "bad" { throw Refusal() } }
            socket.onError { socket.emit("local", .init("\($0)")) }
            socket.onAny { if $0.name != "sync" { socket.emit("any", .init($0.name)) } }
            socket.once("once") { _ in socket.emit("first") }
            socket.on("off") { _ in socket.off("off") }
            socket.on("async") { event async in
                await Task.yield()
                event.acknowledge("later")
            }
        }
        let client = try await Client.join(io).client
        try await client.send("421[\"bad\"]")
        #expect(try await client.next() == "42[\"local\",\"Refusal()\"]")
        try await client.send("42[\"once\"]", "42[\"once\"]", "423[\"async\"]")
        #expect(
            try await client.next(5) == [
                "42[\"any\",\"once\"]", "42[\"first\"]", "42[\"any\",\"once\"]", "42[\"any\",\"async\"]",
                "433[\"later\"]",
            ])
    }

    // MARK: Asking

    private static func connected(
        _ change: (inout SocketIOConfiguration) -> Void = { _ in }
    ) async throws -> (io: SocketIOServer, client: Client, socket: Socket) {
        let sockets = Inbox<Socket>()
        let io = SocketIOServer.forTests(change, onConnection: { sockets.put($0) })
        let client = try await Client.join(io).client
        return (io, client, try await sockets.next(on: client.eventLoop))
    }

    @Test("Asking a client: answered, with bytes, late, and after he has left (checklist 61, 62)")
    func asking() async throws {
        let (_, client, socket) = try await Self.connected()
        async let plain = socket.emitWithAck("q", 1, timeout: .seconds(20))
        #expect(try await client.next() == "420[\"q\",1]")
        try await client.send("430[\"yes\",2]")
        #expect(try await plain == ["yes", 2])

        async let binary = socket.emitWithAck("q", SocketValue(bytes: [7]), timeout: .seconds(20))
        #expect(try await client.next(2) == ["451-1[\"q\",{\"_placeholder\":true,\"num\":0}]", "<07>"])
        try await client.send("461-1[{\"_placeholder\":true,\"num\":0}]", binary: [[8, 9]])
        #expect(try await binary.first?.bytes == [8, 9])

        let late = await #expect(throws: SocketAnswerError.self) {
            try await socket.emitWithAck("q", timeout: .milliseconds(1))
        }
        #expect(late?.cause == .timedOut)
        #expect(try await client.next() == "422[\"q\"]")
        try await client.send("432[\"late\"]", "4377[]", "430[\"repeated\"]")

        let left = Task { try await socket.emitWithAck("q", timeout: .seconds(20)) }
        #expect(try await client.next() == "423[\"q\"]")
        try await client.end()
        let error = await #expect(throws: SocketAnswerError.self) { try await left.value }
        #expect(error?.cause == .disconnected)
        let gone = await #expect(throws: SocketAnswerError.self) {
            try await socket.emitWithAck("q", timeout: .seconds(20))
        }
        #expect(gone?.cause == .disconnected)
    }

    // MARK: Leaving

    @Test("`disconnecting` sees the rooms, `disconnect` comes once, with the reason (checklist 74)")
    func leaving() async throws {
        let told = Inbox<String>()
        let io = SocketIOServer.forTests { socket in
            socket.join("room")
            socket.onDisconnecting { told.put("disconnecting \($0) \(socket.rooms.count)") }
            socket.onDisconnect { told.put("disconnect \($0) \(socket.rooms.count) \(socket.isConnected)") }
            socket.on("disconnect") { told.put("on \($0[0].string ?? "")") }
        }
        func check(_ reason: String, _ loop: any EventLoop) async throws {
            #expect(try await told.next(on: loop) == "disconnecting \(reason) 2")
            #expect(try await told.next(on: loop) == "disconnect \(reason) 0 false")
            #expect(try await told.next(on: loop) == "on \(reason)")
        }
        for reason in [
            EngineCloseReason.transportClose, .transportError, .pingTimeout, .parseError, .serverShuttingDown,
        ] {
            let client = try await Client.join(io).client
            try await client.end(reason)
            try await check(reason.rawValue, client.eventLoop)
        }
        let leaver = try await Client.join(io).client
        try await leaver.send("41")
        try await check("client namespace disconnect", leaver.eventLoop)
        let breaker = try await Client.join(io).client
        try await breaker.send("42{}")
        try await check("forced close", breaker.eventLoop)
        let intruder = try await Client.join(io).client
        try await intruder.send("42/never,[\"a\"]")
        try await check("forced server close", intruder.eventLoop)
        let (client, id) = try await Client.join(io)
        io.in(id).disconnectSockets()
        #expect(try await client.next() == "41")
        try await check("server namespace disconnect", client.eventLoop)
    }

    @Test("Putting a client out, of one namespace and of all (checklist 45, 46, 56)")
    func disconnecting() async throws {
        let (io, client, socket) = try await Self.connected()
        io.of("/x").on("connection") { _ in }
        try await client.join("40/x,")
        socket.emit("last", 1)
        socket.disconnect()
        socket.emit("never")
        #expect(try await client.next(2) == ["42[\"last\",1]", "41"])
        // Underway when he was put out.
        try await client.send("42[\"late\"]")
        try await client.join()
        let again = await io.fetchSockets()
        again.first?.disconnect(close: true)
        #expect(Set(try await client.next(2)) == ["41", "41/x,"])
        #expect(try await client.closed() == .forcedClose)
    }
}
