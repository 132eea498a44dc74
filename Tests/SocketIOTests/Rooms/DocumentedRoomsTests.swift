// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SocketIO

@Suite("Rooms that a platform's document has its program join")
struct DocumentedRoomsTests {
    @Test("ORI-035 ORI-D15 a connection hook joins the printed rooms, and what goes to them arrives")
    func joinsInTheConnectionHook() async throws {
        let io = SocketIOServer.forTests { socket in
            guard let userId = socket.handshake.auth["userId"].string else { return }
            // User-specific room
            socket.join("user:\(userId)")
            // Role-based room
            socket.join("role:admin")
            // Service-specific room
            socket.join("service:auth")
        }
        let member = try await Client.join(io, #"40{"userId":"7"}"#).client
        let stranger = try await Client.join(io).client
        for room in ["user:7", "role:admin", "service:auth"] {
            io.to(room).emit("told", .init(room))
            #expect(try await member.next() == "42[\"told\",\"\(room)\"]")
        }
        io.to("user:8").to("role:user").to("service:user").emit("told", "others")
        for client in [member, stranger] { #expect(try await client.sync() == Client.synced) }

        let socket = try #require(await io.in("user:7").fetchSockets().first)
        #expect(socket.rooms == ["user:7", "role:admin", "service:auth", socket.id])
        socket.leave("service:auth")
        io.to("service:auth").emit("told", "left")
        #expect(try await member.sync() == Client.synced)
    }
}
