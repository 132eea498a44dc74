// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import Testing

@testable import SocketIO

@Suite("Taking up the state of a connection before")
struct RecoveryTests {
    private static func server(
        _ change: (inout SocketRecoveryConfiguration) -> Void = { _ in }
    ) -> SocketIOServer {
        var recovery = SocketRecoveryConfiguration()
        change(&recovery)
        let settings = recovery
        return SocketIOServer.forTests({ $0.recovery = settings }) { socket in
            if socket.isRecovered {
                socket.emit("recovered", .init(socket.data["name"] as? String ?? ""))
            } else {
                socket.data["name"] = "Ada"
                socket.join("room")
            }
        }
    }

    /// The id and pid of a CONNECT's answer.
    private static func answer(_ message: String) -> (id: String, pid: String) {
        let parts = message.split(separator: "\"")
        return parts.count > 7 ? (String(parts[3]), String(parts[7])) : ("", "")
    }

    /// The last argument of an event.
    private static func offset(_ message: String) -> String {
        message.split(separator: "\"").dropLast().last.map { String($0) } ?? ""
    }

    private static func connect(_ io: SocketIOServer) async throws -> (client: Client, id: String, pid: String) {
        let client = try await Client.open(io)
        try await client.send("40")
        let (id, pid) = Self.answer(try await client.next())
        return (client, id, pid)
    }

    private static func comeBack(_ io: SocketIOServer, _ pid: String, _ offset: String) async throws -> Client {
        let client = try await Client.open(io)
        try await client.send("40{\"pid\":\"\(pid)\",\"offset\":\"\(offset)\"}")
        return client
    }

    @Test("An offset behind the last argument of plain events only (checklist 75)")
    func offsets() async throws {
        let io = Self.server()
        let (client, id, pid) = try await Self.connect(io)
        #expect(pid.utf8.count == 20)
        #expect(pid != id)
        io.emit("a", 1)
        #expect(try await client.next() == "42[\"a\",1,\"0000000000000001\"]")
        io.to(id).emit("b", SocketValue(bytes: [1, 2]))
        #expect(
            try await client.next(2) == [
                "451-[\"b\",{\"_placeholder\":true,\"num\":0},\"0000000000000002\"]", "<0102>",
            ])
        io.volatile.emit("c")
        #expect(try await client.next() == "42[\"c\"]")
        let asked = Task { try await io.emitWithAck("d", timeout: .seconds(20)) }
        #expect(try await client.next() == "420[\"d\"]")
        try await client.send("430[]")
        #expect(try await asked.value == [.null])
        #expect(try await client.sync() == Client.synced)
    }

    @Test("Same id, rooms and data; what was missed comes first, in order; then the CONNECT (checklist 76)")
    func restoring() async throws {
        let io = Self.server()
        let (client, id, pid) = try await Self.connect(io)
        io.emit("seen")
        let offset = Self.offset(try await client.next())
        try await client.end(.transportError)
        io.emit("everyone", 1)
        io.to("room").emit("room", 2)
        io.to("elsewhere").emit("never", 3)
        io.to(id).emit("direct", SocketValue(bytes: [9]))
        io.except("room").emit("never", 4)
        let back = try await Self.comeBack(io, pid, offset)
        #expect(
            try await back.next(4) == [
                "42[\"everyone\",1,\"0000000000000002\"]", "42[\"room\",2,\"0000000000000003\"]",
                "451-[\"direct\",{\"_placeholder\":true,\"num\":0},\"0000000000000005\"]", "<09>",
            ])
        // By the same secret the JavaScript client tells that it has recovered.
        #expect(Self.answer(try await back.next()) == (id, pid))
        #expect(try await back.next() == "42[\"recovered\",\"Ada\",\"0000000000000007\"]")
        io.to("room").emit("live")
        #expect(try await back.next() == "42[\"live\",\"0000000000000008\"]")
        #expect(await io.fetchSockets().map(\.id) == [id])
    }

    @Test("A connection that is dead and does not know it is displaced (checklist 77)")
    func displacing() async throws {
        let io = Self.server()
        let (old, id, pid) = try await Self.connect(io)
        io.emit("seen")
        let offset = Self.offset(try await old.next())
        io.emit("missed")
        let back = try await Self.comeBack(io, pid, offset)
        #expect(try await back.next() == "42[\"missed\",\"0000000000000002\"]")
        #expect(Self.answer(try await back.next()).id == id)
        #expect(try await old.closed() == .transportClose)
        #expect(await io.fetchSockets().count == 1)
    }

    private static func expectFresh(_ client: Client, notID id: String) async throws {
        let answer = try await client.next()
        #expect(answer.hasPrefix("40{\"sid\":\""))
        #expect(Self.answer(answer).id != id)
        #expect(try await client.sync() == Client.synced)
        try await client.end()
    }

    @Test("One secret, one socket: whoever comes last has it (checklist 77)")
    func sameSecretAgain() async throws {
        let io = Self.server()
        let (client, id, pid) = try await Self.connect(io)
        io.emit("seen")
        var offset = Self.offset(try await client.next())
        try await client.end()
        let back = try await Self.comeBack(io, pid, offset)
        #expect(Self.answer(try await back.next()) == (id, pid))
        offset = Self.offset(try await back.next())
        let again = try await Self.comeBack(io, pid, offset)
        #expect(Self.answer(try await again.next()) == (id, pid))
        #expect(try await back.closed() == .transportClose)
        #expect(await io.fetchSockets().count == 1)
    }

    @Test("Who leaves again and again is forgotten no sooner and no later than others (checklist 78)")
    func leavingAgain() async throws {
        let io = Self.server { $0.maximumSessionCount = 1 }
        let (client, id, pid) = try await Self.connect(io)
        io.emit("seen")
        var offset = Self.offset(try await client.next())
        try await client.end()
        for _ in 0..<3 {
            let back = try await Self.comeBack(io, pid, offset)
            #expect(Self.answer(try await back.next()).id == id)
            offset = Self.offset(try await back.next())
            try await back.end()
        }
        // Another one leaves: there is room for one, the last.
        let other = try await Self.connect(io)
        io.emit("seen")
        let last = Self.offset(try await other.client.next())
        try await other.client.end()
        #expect(Self.answer(try await Self.comeBack(io, other.pid, last).next()).id == other.id)
        try await Self.expectFresh(try await Self.comeBack(io, pid, offset), notID: id)
    }

    @Test(
        "What cannot be whole is a fresh session, never an error (checklist 77)",
        arguments: ["", "0", "0000000000000009", "-000000000000001", "volatile text", "18446744073709551615"])
    func wrongOffsets(offset: String) async throws {
        let io = Self.server()
        let (client, id, pid) = try await Self.connect(io)
        io.emit("seen")
        _ = try await client.next()
        try await client.end()
        try await Self.expectFresh(try await Self.comeBack(io, pid, offset), notID: id)
    }

    @Test("An unknown secret, one of another namespace, and none (checklist 77)")
    func wrongSecrets() async throws {
        let io = Self.server()
        io.of("/x").on("connection") { socket in socket.on("sync") { $0.acknowledge() } }
        let (client, id, pid) = try await Self.connect(io)
        io.emit("seen")
        let offset = Self.offset(try await client.next())
        try await client.end()
        try await Self.expectFresh(try await Self.comeBack(io, "unknown", offset), notID: id)
        let other = try await Client.open(io)
        try await other.send("40/x,{\"pid\":\"\(pid)\",\"offset\":\"\(offset)\"}")
        #expect(Self.answer(try await other.next()).id != id)
        let odd = try await Client.open(io)
        try await odd.send("40{\"pid\":7,\"offset\":null}")
        try await Self.expectFresh(odd, notID: id)
    }

    @Test("Events that were forgotten for their bytes make a fresh session (checklist 77, 78)")
    func forgotten() async throws {
        let io = Self.server { $0.maximumEventByteCount = 200 }
        let (client, id, pid) = try await Self.connect(io)
        io.emit("seen")
        let offset = Self.offset(try await client.next())
        try await client.end()
        for number in 0..<1000 { io.emit("missed", .init(number)) }
        try await Self.expectFresh(try await Self.comeBack(io, pid, offset), notID: id)
    }

    @Test("Who has missed more than he can be sent at once begins anew (checklist 77, 78)")
    func tooMuch() async throws {
        let io = SocketIOServer.forTests(
            { configuration in
                configuration.recovery = SocketRecoveryConfiguration()
                configuration.engine.maximumQueuedByteCount = 20_000
            }, onConnection: { _ in })
        let (client, id, pid) = try await Self.connect(io)
        io.emit("seen")
        let offset = Self.offset(try await client.next())
        try await client.end()
        for _ in 0..<9 { io.emit("missed", .init(String(repeating: "x", count: 900))) }
        let back = try await Self.comeBack(io, pid, offset)
        let last = try #require(try await back.next(9).last)
        #expect(Self.answer(try await back.next()).id == id)
        try await back.end()
        for _ in 0..<11 { io.emit("missed", .init(String(repeating: "x", count: 900))) }
        try await Self.expectFresh(try await Self.comeBack(io, pid, Self.offset(last)), notID: id)
    }

    @Test("Who was away too long, or is one of too many (checklist 78)")
    func expired() async throws {
        let io = Self.server { $0.maximumDisconnection = .zero }
        let (client, id, pid) = try await Self.connect(io)
        io.emit("seen")
        let offset = Self.offset(try await client.next())
        try await client.end()
        try await Self.expectFresh(try await Self.comeBack(io, pid, offset), notID: id)

        let crowded = Self.server { $0.maximumSessionCount = 1 }
        let first = try await Self.connect(crowded)
        let second = try await Self.connect(crowded)
        crowded.emit("seen")
        _ = try await first.client.next()
        let last = Self.offset(try await second.client.next())
        try await first.client.end()
        try await second.client.end()
        let back = try await Self.comeBack(crowded, second.pid, last)
        #expect(Self.answer(try await back.next()).id == second.id)
        try await Self.expectFresh(try await Self.comeBack(crowded, first.pid, last), notID: first.id)
    }

    @Test("Only a loss that nobody wished can be taken back (checklist 78)")
    func reasons() async throws {
        let io = Self.server()
        func leave(_ how: (Client, String) async throws -> Void) async throws -> Bool {
            let (client, id, pid) = try await Self.connect(io)
            io.emit("seen")
            let offset = Self.offset(try await client.next())
            try await how(client, id)
            let back = try await Self.comeBack(io, pid, offset)
            let isSame = Self.answer(try await back.next()).id == id
            try await back.end(.parseError)
            return isSame
        }
        for reason in [
            EngineCloseReason.transportError, .transportClose, .pingTimeout, .serverShuttingDown, .forcedClose,
        ] {
            #expect(try await leave { client, _ in try await client.end(reason) })
        }
        #expect(try await leave { client, _ in try await client.send("42{}") })
        #expect(try await leave { client, _ in try await client.send("42/never,[\"a\"]") })
        #expect(try await !leave { client, _ in try await client.end(.parseError) })
        #expect(try await !leave { client, _ in try await client.send("41") })
        #expect(
            try await !leave { client, id in
                io.in(id).disconnectSockets(close: true)
                _ = try await client.closed()
            })
    }

    @Test("With middlewares, they run before the state is taken up (checklist 76)")
    func middlewares() async throws {
        let io = Self.server { $0.skipsMiddlewares = false }
        io.use { socket in
            if socket.isRecovered, socket.handshake.auth["token"].string != "t" { throw SocketConnectError("no") }
        }
        let (client, id, pid) = try await Self.connect(io)
        io.emit("seen")
        let offset = Self.offset(try await client.next())
        try await client.end()
        let back = try await Client.open(io)
        try await back.send("40{\"pid\":\"\(pid)\",\"offset\":\"\(offset)\",\"token\":\"t\"}")
        let (newID, newPID) = Self.answer(try await back.next())
        #expect(newID == id)
        let recovered = Self.offset(try await back.next())
        try await back.end()
        let refused = try await Self.comeBack(io, newPID, recovered)
        #expect(try await refused.next() == "44{\"message\":\"no\"}")
    }
}
