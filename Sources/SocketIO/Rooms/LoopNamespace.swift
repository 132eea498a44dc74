// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One namespace's sockets on one event loop, and which of them are in which room. Owned by the loop.
///
/// Lists are flat, so that a broadcast to a room is a walk over an array. A socket remembers its place in each, so that leaving costs no search.
final class LoopNamespace {
    /// Kept, so that another namespace cannot come to have its identity while this is known by it.
    private let namespace: SocketNamespace
    private var members: [SocketMember] = []
    private var membersByID: [String: SocketMember] = [:]
    private var rooms: [String: Room] = [:]
    /// Counts deliveries; a member that has had one bears its number.
    private var delivery: UInt64 = 0

    private final class Room {
        var members: [SocketMember] = []
    }

    init(_ namespace: SocketNamespace) { self.namespace = namespace }

    var isEmpty: Bool { self.members.isEmpty && self.rooms.isEmpty }

    // MARK: Members

    func add(_ member: SocketMember) {
        guard member.place == nil else { return }
        member.place = self.members.count
        self.members.append(member)
        self.membersByID[member.socket.id] = member
    }

    /// Takes a socket out of everything.
    func remove(_ member: SocketMember) {
        for room in Array(member.roomPlaces.keys) { self.leave(member, room) }
        guard let place = member.place else { return }
        member.place = nil
        self.members.swapAt(place, self.members.count - 1)
        self.members.removeLast()
        if place < self.members.count { self.members[place].place = place }
        let id = member.socket.id
        if self.membersByID[id] === member { self.membersByID[id] = nil }
    }

    // MARK: Rooms

    func join(_ member: SocketMember, _ name: String) {
        guard member.roomPlaces[name] == nil, name != member.socket.id else { return }
        let room = self.rooms[name] ?? Room()
        self.rooms[name] = room
        member.roomPlaces[name] = room.members.count
        room.members.append(member)
    }

    func leave(_ member: SocketMember, _ name: String) {
        guard let place = member.roomPlaces.removeValue(forKey: name), let room = self.rooms[name] else { return }
        room.members.swapAt(place, room.members.count - 1)
        room.members.removeLast()
        if place < room.members.count { room.members[place].roomPlaces[name] = place }
        if room.members.isEmpty { self.rooms[name] = nil }
    }

    // MARK: Audiences

    /// Runs `body` once for each socket of the audience. It must not change who is in which room.
    func forEach(in audience: Audience, _ body: (SocketMember) -> Void) {
        self.delivery &+= 1
        for room in audience.except { self.forEach(in: room) { $0.delivery = self.delivery } }
        guard let rooms = audience.rooms else {
            for member in self.members where member.delivery != self.delivery { body(member) }
            return
        }
        for room in rooms {
            self.forEach(in: room) { member in
                guard member.delivery != self.delivery else { return }
                member.delivery = self.delivery
                body(member)
            }
        }
    }

    /// A list of them, for what changes rooms.
    func members(of audience: Audience) -> [SocketMember] {
        var members: [SocketMember] = []
        self.forEach(in: audience) { members.append($0) }
        return members
    }

    private func forEach(in room: String, _ body: (SocketMember) -> Void) {
        if let own = self.membersByID[room] { body(own) }
        if let room = self.rooms[room] {
            for member in room.members { body(member) }
        }
    }
}
