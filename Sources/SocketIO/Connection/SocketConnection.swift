// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
package import EngineIO
import JSON
import NIOCore

/// Socket.IO 5 on one Engine.IO session: CONNECT and DISCONNECT of namespaces, and packets to those that were joined.
/// Owned by the session's event loop.
///
/// What a client may not send ends the session without an answer: what is no packet as `forced close`, a packet in the wrong state as
/// `forced server close`. Packets for a namespace that was joined once are dropped, since they may have been under way.
package final class SocketConnection: EngineSessionHandler {
    private let port: any EnginePort
    private let limits: SocketLimits
    private let gate: any SocketGate

    private var decoder: SocketPacketDecoder
    /// Joined, or being joined. A client has few, so looking one up is a short walk.
    private var links: [SocketLink] = []
    /// Names of namespaces that were left, the oldest first; at most as many as one may join.
    private var leftNamespaces: [String] = []
    private var hasJoined = false
    private var isEnding = false

    private var connectDeadline: Scheduled<Void>?
    private var attachmentDeadline: Scheduled<Void>?

    package init(port: any EnginePort, limits: SocketLimits, gate: any SocketGate) {
        self.port = port
        self.limits = limits
        self.gate = gate
        self.decoder = SocketPacketDecoder(limits: limits)
    }

    // MARK: The session's calls

    package func opened() {
        self.connectDeadline = self.schedule(self.limits.connectTimeout) { $0.connectDeadlinePassed() }
    }

    package func received(text: UnsafeRawBufferPointer) {
        guard !self.isEnding else { return }
        do {
            if let packet = try self.decoder.decode(text: text) {
                self.handle(packet)
            } else {
                self.attachmentDeadline = self.schedule(self.limits.attachmentTimeout) { $0.refuseInput() }
            }
        } catch {
            self.refuseInput()
        }
    }

    package func received(binary: UnsafeRawBufferPointer) {
        guard !self.isEnding else { return }
        do {
            guard let packet = try self.decoder.decode(binary: binary) else { return }
            self.attachmentDeadline?.cancel()
            self.attachmentDeadline = nil
            self.handle(packet)
        } catch {
            self.refuseInput()
        }
    }

    package func closed(_ reason: EngineCloseReason) {
        self.endLinks(DisconnectReason(rawValue: reason.rawValue))
        self.gate.closed(reason)
    }

    // MARK: Packets

    private func handle(_ packet: SocketPacket) {
        if packet.kind == .connect { return self.connect(packet) }
        guard let link = self.link(of: packet.namespace), !link.isPending else {
            // Sent before the client heard that the server had left the namespace.
            if self.leftNamespaces.contains(packet.namespace) { return }
            return self.refuseState()
        }
        switch packet.kind {
        case .disconnect:
            self.left(link)
            link.end(.clientNamespaceDisconnect)
        case .event, .binaryEvent:
            guard let arguments = packet.payload else { return }
            link.receiver?.received(arguments, attachments: packet.attachments, ack: packet.ack)
        case .ack, .binaryAck:
            guard let ack = packet.ack else { return }
            guard let arguments = packet.payload ?? Self.document("[]") else { return }
            link.receiver?.received(ack: ack, arguments, attachments: packet.attachments)
        case .connect, .connectError:
            return
        }
    }

    private func connect(_ packet: SocketPacket) {
        if let link = self.link(of: packet.namespace) {
            // A client that gave up and tries again before he was answered gets the first answer.
            if !link.isPending { self.refuseState() }
            return
        }
        let link = SocketLink(namespace: packet.namespace, connection: self, port: self.port)
        guard self.links.count(where: \.isPending) < self.limits.pendingConnects else { return self.refuseState() }
        self.links.append(link)
        guard self.links.count <= self.limits.namespacesPerConnection else {
            return link.refuse(message: "Too many namespaces")
        }
        guard let auth = packet.payload ?? Self.document("{}") else { return }
        self.gate.join(link, auth: auth)
    }

    private static func document(_ text: String) -> JSONNode? { try? JSONDocument(parsing: text).root }

    // MARK: Links

    private func link(of namespace: String) -> SocketLink? { self.links.first { $0.namespace == namespace } }

    /// A CONNECT was accepted: the connection may stay.
    func joined(_ link: SocketLink) {
        self.hasJoined = true
        self.connectDeadline?.cancel()
        self.connectDeadline = nil
        self.leftNamespaces.removeAll { $0 == link.namespace }
    }

    /// A CONNECT was refused; the name may be asked for again.
    func refused(_ link: SocketLink) { self.links.removeAll { $0 === link } }

    /// A joined namespace was left, by either side.
    func left(_ link: SocketLink) {
        self.links.removeAll { $0 === link }
        if self.leftNamespaces.count >= self.limits.namespacesPerConnection { self.leftNamespaces.removeFirst() }
        self.leftNamespaces.append(link.namespace)
    }

    // MARK: Ending

    /// Ends the session: no packet is handed on any more, and the links' handlers are told at once.
    func close(_ reason: DisconnectReason, as engineReason: EngineCloseReason = .forcedClose, code: CloseCode? = nil) {
        guard !self.isEnding else { return }
        self.isEnding = true
        self.port.close(engineReason, code: code)
        self.endLinks(reason)
    }

    /// Puts the client out of every namespace that he has joined, and ends the session.
    func leaveAll() {
        for link in self.links { link.leave() }
        self.close(.serverNamespaceDisconnect)
    }

    /// What came is no packet.
    private func refuseInput() { self.close(.forcedClose) }

    /// What came is a packet that has no place here.
    private func refuseState() { self.close(.forcedServerClose) }

    private func connectDeadlinePassed() {
        if !self.hasJoined { self.refuseState() }
    }

    private func endLinks(_ reason: DisconnectReason) {
        self.isEnding = true
        self.connectDeadline?.cancel()
        self.connectDeadline = nil
        self.attachmentDeadline?.cancel()
        self.attachmentDeadline = nil
        self.decoder = SocketPacketDecoder(limits: self.limits)
        let links = self.links
        self.links = []
        for link in links { link.end(reason) }
    }

    private func schedule(
        _ milliseconds: Int64, _ task: @escaping (SocketConnection) -> Void
    ) -> Scheduled<Void> {
        self.port.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [weak self] in
            if let self { task(self) }
        }
    }
}

@available(*, unavailable)
extension SocketConnection: Sendable {}
