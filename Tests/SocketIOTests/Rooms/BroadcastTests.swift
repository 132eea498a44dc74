// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SocketIO

@Suite("Rooms and broadcasts")
struct BroadcastTests {
    /// Clients in the rooms named; each may be told to leave or asked for its rooms.
    private static func clients(_ rooms: [[String]]) async throws -> (SocketIOServer, [Client], [String]) {
        let io = SocketIOServer.forTests { socket in
            socket.join(socket.handshake.auth["rooms"].array?.compactMap(\.string) ?? [])
            socket.on("others") { _ in socket.broadcast.emit("e", "others") }
            socket.on("room") { socket.to($0[0].string ?? "").emit("e", "room") }
        }
        var clients: [Client] = []
        var ids: [String] = []
        for rooms in rooms {
            let list = rooms.map { "\"\($0)\"" }.joined(separator: ",")
            let (client, id) = try await Client.join(io, "40{\"rooms\":[\(list)]}")
            clients.append(client)
            ids.append(id)
        }
        return (io, clients, ids)
    }

    /// Which of the clients got the event, exactly once; the others nothing.
    private static func receivers(_ clients: [Client], _ event: String = "42[\"e\",1]") async throws -> [Int] {
        var receivers: [Int] = []
        for (index, client) in clients.enumerated() {
            var message = try await client.sync()
            if message == event {
                receivers.append(index)
                message = try await client.next()
            }
            #expect(message == Client.synced)
        }
        return receivers
    }

    @Test("Unions without doubles, exceptions, ids as rooms, and rooms that hold nobody (checklist 69)")
    func audiences() async throws {
        let (io, clients, ids) = try await Self.clients([["a", "b"], ["a"], ["b"], [], ["c"]])
        io.emit("e", 1)
        #expect(try await Self.receivers(clients) == [0, 1, 2, 3, 4])
        io.to("a").emit("e", 1)
        #expect(try await Self.receivers(clients) == [0, 1])
        io.to("a", "b").to("c").emit("e", 1)
        #expect(try await Self.receivers(clients) == [0, 1, 2, 4])
        io.in("a", "b").except("b").emit("e", 1)
        #expect(try await Self.receivers(clients) == [1])
        io.except("a", ids[3]).emit("e", 1)
        #expect(try await Self.receivers(clients) == [2, 4])
        io.to(ids[3]).to("a").emit("e", 1)
        #expect(try await Self.receivers(clients) == [0, 1, 3])
        io.to("nowhere").emit("e", 1)
        #expect(try await Self.receivers(clients).isEmpty)
        io.to([]).emit("e", 1)
        #expect(try await Self.receivers(clients).isEmpty)
    }

    @Test("The sender is left out (checklist 69)")
    func sender() async throws {
        let (_, clients, _) = try await Self.clients([["a"], ["a"], []])
        try await clients[0].send("42[\"others\"]")
        #expect(try await Self.receivers(clients, "42[\"e\",\"others\"]") == [1, 2])
        try await clients[0].send("42[\"room\",\"a\"]")
        #expect(try await Self.receivers(clients, "42[\"e\",\"room\"]") == [1])
    }

    @Test("Joining and leaving, by the socket and for many; nobody after a leave (checklist 69)")
    func rooms() async throws {
        let (io, clients, ids) = try await Self.clients([["a"], ["a"], []])
        let sockets = await io.fetchSockets()
        let first = try #require(sockets.first { $0.id == ids[0] })
        #expect(first.rooms == ["a", ids[0]])
        first.leave("a")
        first.leave("a")
        io.to("a").emit("e", 1)
        #expect(try await Self.receivers(clients) == [1])
        io.in("a").socketsJoin("b", "d")
        first.join("b")
        io.to("b").emit("e", 1)
        #expect(try await Self.receivers(clients) == [0, 1])
        io.socketsLeave("b")
        io.to("b").emit("e", 1)
        #expect(try await Self.receivers(clients).isEmpty)
        #expect(first.rooms == [ids[0]])
        first.leave(ids[0])
        io.to(ids[0]).emit("e", 1)
        #expect(try await Self.receivers(clients) == [0])
        try await clients[1].end()
        #expect(await io.in("d").fetchSockets().isEmpty)
    }

    @Test("A broadcast stays in its namespace (checklist 69)")
    func namespaces() async throws {
        let (io, clients, _) = try await Self.clients([["a"], ["a"]])
        io.of("/x").on("connection") { $0.join("a") }
        try await clients[0].join("40/x,")
        io.of("/x").to("a").emit("e", 1)
        #expect(try await clients[0].next() == "42/x,[\"e\",1]")
        io.to("a").emit("e", 1)
        #expect(try await Self.receivers(clients) == [0, 1])
    }

    @Test("What may be lost is dropped whole where it cannot leave at once (checklist 70)")
    func volatile() async throws {
        let (io, clients, ids) = try await Self.clients([[], []])
        try await clients[0].setReady(false)
        io.volatile.emit("e", SocketValue(bytes: [1]))
        #expect(try await clients[1].next(2) == ["451-[\"e\",{\"_placeholder\":true,\"num\":0}]", "<01>"])
        #expect(try await clients[0].sync() == Client.synced)
        try await clients[0].setReady(true)
        let sockets = await io.in(ids[0]).fetchSockets()
        sockets.first?.volatile.emit("e", 1)
        #expect(try await Self.receivers(clients) == [0])
    }

    @Test("Asking everybody: all, some, and nobody answer (checklist 71)")
    func asking() async throws {
        let (io, clients, _) = try await Self.clients([["a"], ["a"], []])
        async let all = io.to("a").emitWithAck("q", 1, timeout: .seconds(20))
        for (index, client) in clients.prefix(2).enumerated() {
            #expect(try await client.next() == "420[\"q\",1]")
            try await client.send("430[\(index),\"second\"]")
        }
        #expect(try await Set(all.compactMap(\.int)) == [0, 1])

        // Longer than the answer takes on a busy machine.
        let some = Task { try await io.to("a").emitWithAck("q", timeout: .seconds(3)) }
        #expect(try await clients[0].next() == "421[\"q\"]")
        try await clients[0].send("431[\"here\"]")
        #expect(try await clients[1].next() == "421[\"q\"]")
        try await clients[1].end()
        let error = await #expect(throws: SocketAnswerError.self) { try await some.value }
        #expect(error?.cause == .timedOut)
        #expect(error?.answers == ["here"])

        #expect(try await io.to("nowhere").emitWithAck("q", timeout: .seconds(20)).isEmpty)
    }

    // MARK: Many at once

    @Test("Every client sees broadcasts in one order, with each task's own in order (checklist 72)")
    func order() async throws {
        let (io, clients, _) = try await Self.clients(Array(repeating: ["a"], count: 6))
        let (tasks, count) = (4, 100)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for number in 0..<count { io.to("a").emit("e", .init(task), .init(number)) }
                }
            }
        }
        var order: [String]?
        for client in clients {
            let messages = try await client.next(tasks * count)
            if let order { #expect(messages == order) }
            order = messages
        }
        for task in 0..<tasks {
            let own = order?.filter { $0.hasPrefix("42[\"e\",\(task),") }
            #expect(own == (0..<count).map { "42[\"e\",\(task),\($0)]" })
        }
    }

    @Test("Joining and leaving during broadcasts: no doubles, nobody after a leave (checklist 69)")
    func joiningAndLeaving() async throws {
        let (io, clients, ids) = try await Self.clients(Array(repeating: [], count: 4))
        let sockets = await io.fetchSockets()
        await withTaskGroup(of: Void.self) { group in
            for socket in sockets {
                group.addTask {
                    for round in 0..<100 {
                        socket.join("a")
                        // Between the two it is there for certain, behind them for certain not.
                        socket.emit("in", .init(round))
                        io.to("a").emit("e", .init(socket.id), .init(round))
                        socket.leave("a")
                        socket.emit("out", .init(round))
                    }
                }
            }
        }
        for (client, id) in zip(clients, ids) {
            var isIn = false
            var own: [String] = []
            var seen: Set<String> = []
            var message = try await client.sync()
            while message != Client.synced {
                if message.hasPrefix("42[\"in\"") {
                    isIn = true
                } else if message.hasPrefix("42[\"out\"") {
                    isIn = false
                } else {
                    #expect(isIn || !message.contains(id), "an event after the leave")
                    #expect(seen.insert(message).inserted, "an event twice")
                    if message.contains(id) { own.append(message) }
                }
                message = try await client.next()
            }
            #expect(own == (0..<100).map { "42[\"e\",\"\(id)\",\($0)]" })
        }
    }
}
