// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SocketIO

/// The rules of the chat.
struct Chat: Sendable {
    private static let longestName = 32
    private static let longestText = 2000

    private let io: SocketIOServer

    init(_ io: SocketIOServer) { self.io = io }

    func serve() {
        self.io.use { socket in
            guard let name = socket.handshake.auth["name"].string, (1...Self.longestName).contains(name.count) else {
                throw SocketConnectError("Who are you?", data: ["longest": .init(Self.longestName)])
            }
            socket.data["name"] = name
        }
        self.io.on("connection") { socket in
            let name = socket.data["name"] as? String ?? ""
            socket.on("join") { event in await self.join(event, as: name) }
            socket.on("leave") { event in
                guard let room = event[0].string else { return }
                socket.leave(room)
                self.io.to(room).emit("left", ["room": .init(room), "name": .init(name)])
                event.acknowledge(["ok": true])
            }
            socket.on("say") { event in self.say(event, as: name) }
            socket.onDisconnecting { _ in
                for room in socket.rooms where room != socket.id {
                    socket.to(room).emit("left", ["room": .init(room), "name": .init(name)])
                }
            }
        }
    }

    /// Lets the client in, and answers who is there.
    private func join(_ event: SocketEvent, as name: String) async {
        guard let room = event[0].string, !room.isEmpty else { return event.acknowledge(["error": "Which room?"]) }
        event.socket.join(room)
        event.socket.to(room).emit("joined", ["room": .init(room), "name": .init(name)])
        let members = await self.io.in(room).fetchSockets().compactMap { $0.data["name"] as? String }
        event.acknowledge(["members": .init(members.sorted().map { SocketValue($0) })])
    }

    /// Passes a text on to everybody in the room, the speaker too, so that all see one order.
    private func say(_ event: SocketEvent, as name: String) {
        guard let room = event[0]["room"].string, event.socket.rooms.contains(room) else {
            return event.acknowledge(["error": "You are not in that room."])
        }
        guard let text = event[0]["text"].string, (1...Self.longestText).contains(text.count) else {
            return event.acknowledge(["error": "What do you say?"])
        }
        self.io.to(room).emit("message", ["room": .init(room), "from": .init(name), "text": .init(text)])
        event.acknowledge(["ok": true])
    }
}
