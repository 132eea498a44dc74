// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// One CONNECT to a namespace, until its answer: the state before, the middlewares, then a place in the namespace.
/// Owned by the connection's event loop.
final class Admission {
    /// Whether a client who takes up his state passes by the middlewares.
    var skipsMiddlewares = true

    private let link: SocketLink
    private let namespace: SocketNamespace
    private let handshake: SocketHandshake
    private let mailbox: LoopMailbox
    private var socket: Socket?
    private var member: SocketMember?
    /// What the client was cut off from, if he has come back.
    private var returning: (session: RecoveryLog.Session, offset: String)?

    init(_ link: SocketLink, to namespace: SocketNamespace, handshake: SocketHandshake, mailbox: LoopMailbox) {
        self.link = link
        self.namespace = namespace
        self.handshake = handshake
        self.mailbox = mailbox
    }

    func start() {
        guard let recovery = self.namespace.recovery, let pid = self.handshake.auth["pid"].string,
            let offset = self.handshake.auth["offset"].string
        else { return self.introduce() }
        switch recovery.take(pid) {
        case .absent(let session):
            self.returning = (session, offset)
            self.introduce()
        case .present(let old):
            // A connection that is dead and does not know it yet.
            let admission = NIOLoopBound(self, eventLoop: self.mailbox.eventLoop)
            old.displace {
                admission.eventLoop.execute { admission.value.takeUp(pid, offset) }
            }
        case nil:
            self.introduce()
        }
    }

    private func takeUp(_ pid: String, _ offset: String) {
        if case .absent(let session) = self.namespace.recovery?.take(pid) { self.returning = (session, offset) }
        self.introduce()
    }

    // MARK: Middlewares

    private func introduce() {
        // Who cannot be given everything is given nothing, before anybody sees his old name.
        if let (session, offset) = self.returning,
            self.namespace.recovery?.events(since: offset, for: session) == nil
        {
            self.returning = nil
        }
        let socket = self.makeSocket(self.returning?.session)
        let middlewares = self.returning != nil && self.skipsMiddlewares ? [] : self.namespace.middlewares
        guard !middlewares.isEmpty else { return self.admit() }
        let admission = NIOLoopBound(self, eventLoop: self.mailbox.eventLoop)
        Task {
            do {
                for middleware in middlewares { try await middleware(socket) }
                admission.eventLoop.execute { admission.value.admit() }
            } catch {
                admission.eventLoop.execute { admission.value.refuse(error) }
            }
        }
    }

    private func makeSocket(_ session: RecoveryLog.Session? = nil) -> Socket {
        let socket = Socket(
            id: session?.id ?? SocketID.make(),
            pid: self.namespace.recovery.map { _ in session?.pid ?? SocketID.make() },
            namespace: self.namespace, handshake: self.handshake, mailbox: self.mailbox, restored: session)
        let member = SocketMember(socket: socket, link: self.link)
        socket.attach(member)
        self.socket = socket
        self.member = member
        return socket
    }

    private func refuse(_ error: any Error) {
        self.member?.abandon()
        self.namespace.socketEnded()
        if let error = error as? SocketConnectError {
            self.link.refuse(message: error.message, data: error.data.map { Array($0.description.utf8) })
        } else {
            self.namespace.report(error)
            self.link.refuse(message: "Internal error")
        }
    }

    // MARK: Joining

    private func admit() {
        guard let (session, offset) = self.returning else {
            let admission = NIOLoopBound(self, eventLoop: self.mailbox.eventLoop)
            return self.mailbox.perform { admission.value.begin([], in: $0) }
        }
        let admission = NIOLoopBound(self, eventLoop: self.mailbox.eventLoop)
        var isWhole = false
        // What is kept up to here is sent now; what comes later comes behind this job.
        self.namespace.mailboxes.inOneStep(for: self.mailbox) {
            guard let missed = self.namespace.recovery?.events(since: offset, for: session) else { return nil }
            isWhole = true
            return { admission.value.begin(missed, in: $0) }
        }
        guard isWhole else {
            // The events went while the middlewares ran.
            self.returning = nil
            self.member?.abandon()
            _ = self.makeSocket()
            return self.admit()
        }
        self.mailbox.drainIfHere()
    }

    private func begin(_ missed: [ByteBuffer], in hub: LoopHub) {
        guard let socket = self.socket, let member = self.member else { return }
        guard self.link.isPending else {
            member.abandon()
            return self.namespace.socketEnded()
        }
        for frames in missed { self.link.send(frames) }
        self.namespace.recovery?.began(socket)
        socket.begin(member, in: hub)
        self.namespace.connected(socket)
    }
}
