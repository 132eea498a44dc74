// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import NIOCore
import Synchronization

/// One client in one namespace.
///
/// A handle that may be used from any thread and task. The socket's handlers run on its event loop, one at a time and in the order of the
/// client's events; they must not block. What one task does to sockets, by this handle, the namespace or the server, happens in the order in
/// which the task does it. After the socket has left, calls do nothing.
public final class Socket: Sendable, Identifiable {
    /// What other clients and rooms know it by. It says nothing of the connection.
    public let id: String
    /// Where it is.
    public let namespace: SocketNamespace
    /// What the client said when it connected.
    public let handshake: SocketHandshake
    /// Whether it took up the state of a connection before, and was sent what it missed.
    public let isRecovered: Bool

    private let mailbox: LoopMailbox
    /// nil once the namespace was left.
    private let member: NIOLoopBoundBox<SocketMember?>
    private let state: Mutex<State>
    /// The secret with which the client may come back, and which it then keeps; nil without recovery.
    let pid: String?

    private struct State {
        var rooms: Set<String>
        var data: [String: any Sendable]
        var isConnected = false
        var hasEnded = false
    }

    /// Made on the loop.
    init(
        id: String, pid: String?, namespace: SocketNamespace, handshake: SocketHandshake, mailbox: LoopMailbox,
        restored: RecoveryLog.Session? = nil
    ) {
        self.id = id
        self.pid = pid
        self.namespace = namespace
        self.handshake = handshake
        self.mailbox = mailbox
        self.isRecovered = restored != nil
        self.state = Mutex(State(rooms: restored?.rooms ?? [], data: restored?.data ?? [:]))
        self.member = NIOLoopBoundBox(nil, eventLoop: mailbox.eventLoop)
    }

    /// Gives it its part that the loop owns. On the loop.
    func attach(_ member: SocketMember) { self.member.value = member }

    // MARK: State

    /// Whether it is in its namespace: from before the connection handlers until it has left.
    public var isConnected: Bool { self.state.withLock(\.isConnected) }

    /// The rooms it is in, the one of its own id included; none after it has left.
    public var rooms: Set<String> {
        self.state.withLock { $0.hasEnded ? [] : $0.rooms.union([self.id]) }
    }

    /// Whatever the application keeps with the socket. It outlives a connection that is recovered.
    public var data: [String: any Sendable] {
        get { self.state.withLock(\.data) }
        set { self.state.withLock { $0.data = newValue } }
    }

    // MARK: Rooms

    /// Enters rooms; they come to exist with their first socket.
    public func join(_ rooms: String...) { self.join(rooms) }

    /// Enters rooms.
    public func join(_ rooms: [String]) {
        // In one step with the mailbox, so that what is read here and what happens there agree.
        self.state.withLock { state in
            guard !state.hasEnded else { return }
            state.rooms.formUnion(rooms)
            self.append { member, hub in
                for room in rooms { hub.opened(member.socket.namespace).join(member, room) }
            }
        }
        self.mailbox.drainIfHere()
    }

    /// Leaves a room. The one of its own id it cannot leave.
    public func leave(_ room: String) {
        self.state.withLock { state in
            guard !state.hasEnded else { return }
            state.rooms.remove(room)
            self.append { member, hub in hub[member.socket.namespace]?.leave(member, room) }
        }
        self.mailbox.drainIfHere()
    }

    // MARK: Leaving

    /// Puts the client out of the namespace. It is told, and does not come back by itself.
    ///
    /// - Parameter close: also ends the connection, and with it the client's sockets in other namespaces.
    public func disconnect(close: Bool = false) {
        self.onMember { member in
            if close { member.link.leaveAll() } else { member.link.leave() }
        }
    }

    // MARK: The loop's side

    /// Runs `body` on the loop, behind what was asked for before; not at all once the socket has left.
    func onMember(_ body: @escaping @Sendable (SocketMember) -> Void) {
        self.append { member, _ in body(member) }
        self.mailbox.drainIfHere()
    }

    /// The same, but `body` is also called when there is no member any more.
    func onLoop(_ body: @escaping @Sendable (SocketMember?) -> Void) {
        self.mailbox.perform { _ in body(self.member.value) }
    }

    private func append(_ body: @escaping @Sendable (SocketMember, LoopHub) -> Void) {
        self.mailbox.append { hub in
            if let member = self.member.value { body(member, hub) }
        }
    }

    /// Takes its place in the namespace and its rooms, and answers the CONNECT. On the loop.
    func begin(_ member: SocketMember, in hub: LoopHub) {
        let rooms = self.state.withLock { state in
            state.isConnected = true
            return state.rooms
        }
        let sockets = hub.opened(self.namespace)
        sockets.add(member)
        for room in rooms { sockets.join(member, room) }
        member.link.accept(id: self.id, pid: self.pid, handler: member)
    }

    /// Ends a connection whose client has come back on another one; `done` is called on the loop.
    func displace(_ done: @escaping @Sendable () -> Void) {
        self.onLoop { member in
            member?.link.close(.transportClose)
            done()
        }
    }

    /// It has left, or was never let in: lets go of its member. On the loop.
    func ended(_ reason: DisconnectReason?) {
        self.member.value = nil
        let ending = self.state.withLock { state in
            defer {
                state.isConnected = false
                state.hasEnded = true
            }
            return (rooms: state.rooms, data: state.data)
        }
        let session = self.pid.flatMap { pid in
            reason?.isRecoverable == true
                ? RecoveryLog.Session(id: self.id, pid: pid, rooms: ending.rooms, data: ending.data) : nil
        }
        self.namespace.recovery?.ended(self, session)
    }

    /// Takes a member out of the loop's lists. On the loop.
    func removeFromRooms(_ member: SocketMember) {
        let namespace = self.namespace
        // What is in the mailbox concerned it while it was there, or finds it gone.
        let bound = NIOLoopBound(member, eventLoop: self.mailbox.eventLoop)
        self.mailbox.perform { hub in
            hub[namespace]?.remove(bound.value)
            hub.closeIfEmpty(namespace)
        }
    }

    /// Changes what `rooms` says, for joins that come by a broadcast.
    func noteRooms(adding: [String] = [], removing: [String] = []) {
        self.state.withLock { state in
            state.rooms.formUnion(adding)
            state.rooms.subtract(removing)
        }
    }
}

extension Socket: Hashable {
    /// Whether both are the same connection; one that was recovered is another.
    public static func == (left: Socket, right: Socket) -> Bool { left === right }

    /// Feeds its identity.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
