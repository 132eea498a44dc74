// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Many sockets at once: those of a namespace, of rooms, or what is left of them.
///
///     io.to("room1", "room2").except(socket.id).emit("news", ["title": "…"])
///
/// Rooms add up; each socket gets one copy. A room that nobody is in reaches nobody. An event is encoded once, whoever gets it.
public struct SocketBroadcast: Sendable {
    private let namespace: SocketNamespace
    private var audience = Audience()
    private var isVolatile = false

    init(_ namespace: SocketNamespace) { self.namespace = namespace }

    // MARK: Choosing

    /// Those in the rooms as well.
    public func to(_ rooms: String...) -> SocketBroadcast { self.to(rooms) }

    /// Those in the rooms as well. Of no room at all, nobody.
    public func to(_ rooms: [String]) -> SocketBroadcast {
        var copy = self
        copy.audience.rooms = (self.audience.rooms ?? []) + rooms
        return copy
    }

    /// The same as `to`.
    public func `in`(_ rooms: String...) -> SocketBroadcast { self.to(rooms) }

    /// Not those in the rooms. A socket's id is a room of its own.
    public func except(_ rooms: String...) -> SocketBroadcast { self.except(rooms) }

    /// Not those in the rooms.
    public func except(_ rooms: [String]) -> SocketBroadcast {
        var copy = self
        copy.audience.except += rooms
        return copy
    }

    /// Events may be lost: they are dropped for those to whom they cannot leave at once.
    public var volatile: SocketBroadcast {
        var copy = self
        copy.isVolatile = true
        return copy
    }

    // MARK: Sending

    /// Sends an event. What cannot be sent is logged; see `Socket.emit(_:_:)`.
    public func emit(_ name: String, _ arguments: SocketValue...) { self.emit(name, arguments: arguments) }

    /// Sends an event with a list of arguments.
    public func emit(_ name: String, arguments: [SocketValue]) {
        for namespace in self.namespace.concrete {
            namespace.send(name, arguments, to: self.audience, isVolatile: self.isVolatile)
        }
    }

    /// Sends an event and waits for the answers of all. A client that leaves never answers.
    ///
    /// Throws `SocketAnswerError`; when the time is over, with the answers that have come.
    /// - Returns: the first argument of each answer, in the order in which they came.
    public func emitWithAck(
        _ name: String, _ arguments: SocketValue..., timeout: Duration
    ) async throws -> [SocketValue] {
        try await self.emitWithAck(name, arguments: arguments, timeout: timeout)
    }

    /// Sends an event with a list of arguments and waits for the answers of all. See `emitWithAck(_:_:timeout:)`.
    public func emitWithAck(
        _ name: String, arguments: [SocketValue], timeout: Duration
    ) async throws -> [SocketValue] {
        let namespaces = self.namespace.concrete
        // A rule's namespaces count their answers each for itself.
        guard namespaces.count != 1 else {
            return try await self.request(namespaces[0], name, arguments, timeout)
        }
        var answers: [SocketValue] = []
        for namespace in namespaces { answers += try await self.request(namespace, name, arguments, timeout) }
        return answers
    }

    private func request(
        _ namespace: SocketNamespace, _ name: String, _ arguments: [SocketValue], _ timeout: Duration
    ) async throws -> [SocketValue] {
        let encoded = EncodedArguments(name: name, arguments)
        guard namespace.canSend(name, encoded) else { throw SocketAnswerError(.notSendable) }
        let id = namespace.nextAck()
        let frames = SocketPacketWriter.event(encoded.bytes, ack: id, attachments: encoded.attachments)
        let audience = self.audience
        return try await withCheckedThrowingContinuation { continuation in
            let mailboxes = namespace.mailboxes.all
            let answers = AnswerCollector(loopCount: mailboxes.count) { continuation.resume(with: $0) }
            namespace.mailboxes.everywhere { hub in
                var count = 0
                hub[namespace]?.forEach(in: audience) { member in
                    count += 1
                    member.expectAnswer(id, timeout: nil) { answers.answered($0) }
                    member.send(frames, isVolatile: false)
                }
                answers.asked(count)
            }
            guard let timer = mailboxes.first?.eventLoop else {
                answers.end()
                return
            }
            timer.scheduleTask(in: .milliseconds(timeout.milliseconds)) {
                guard answers.end() else { return }
                namespace.mailboxes.everywhere { hub in
                    hub[namespace]?.forEach(in: audience) { $0.forgetAnswer(id) }
                }
            }
        }
    }

    // MARK: Sockets

    /// The sockets that are connected to this process now.
    public func fetchSockets() async -> [Socket] {
        var sockets: [Socket] = []
        for namespace in self.namespace.concrete {
            for mailbox in namespace.mailboxes.all {
                sockets += await withCheckedContinuation { continuation in
                    mailbox.perform { hub in
                        let members = hub[namespace]?.members(of: self.audience) ?? []
                        continuation.resume(returning: members.map(\.socket))
                    }
                }
            }
        }
        return sockets
    }

    /// Lets the sockets enter rooms.
    public func socketsJoin(_ rooms: String...) { self.socketsJoin(rooms) }

    /// Lets the sockets enter rooms.
    public func socketsJoin(_ rooms: [String]) {
        self.forEachSocket { member, hub in
            member.socket.noteRooms(adding: rooms)
            for room in rooms { hub.join(member, room) }
        }
    }

    /// Lets the sockets leave rooms.
    public func socketsLeave(_ rooms: String...) { self.socketsLeave(rooms) }

    /// Lets the sockets leave rooms.
    public func socketsLeave(_ rooms: [String]) {
        self.forEachSocket { member, hub in
            member.socket.noteRooms(removing: rooms)
            for room in rooms { hub.leave(member, room) }
        }
    }

    /// Puts the sockets out of the namespace.
    ///
    /// - Parameter close: also ends their connections.
    public func disconnectSockets(close: Bool = false) {
        self.forEachSocket { member, _ in
            if close { member.link.leaveAll() } else { member.link.leave() }
        }
    }

    private func forEachSocket(_ body: @escaping @Sendable (SocketMember, LoopNamespace) -> Void) {
        let audience = self.audience
        for namespace in self.namespace.concrete {
            namespace.mailboxes.everywhere { hub in
                guard let sockets = hub[namespace] else { return }
                for member in sockets.members(of: audience) { body(member, sockets) }
            }
        }
    }
}
