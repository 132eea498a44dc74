// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import EngineIO
import JSON
import NIOCore
import Realtime
import SocketIO

/// One CONNECT packet on its way to an answer: from the client's credential to his session. Owned by the connection's loop.
///
/// Nothing is received while somebody has to be asked.
final class Entrance {
    private let link: SocketLink
    private let auth: JSONNode
    private let gate: PlatformGate
    private var credential: Credential?
    private var isPausing = false
    private var isOver = false

    init(_ link: SocketLink, auth: JSONNode, gate: PlatformGate) {
        self.link = link
        self.auth = auth
        self.gate = gate
    }

    func begin() {
        let (gate, hub) = (self.gate, self.gate.hub)
        self.credential = gate.door.credential(hub.rules.definition.auth, gate.port.handshake, self.auth)
        gate.door.authenticator.authenticate(self.credential, on: gate.port.eventLoop) { self.authenticated($0) }
        if !self.isOver { self.pause() }
    }

    private func authenticated(_ result: Result<Identity?, RequestError>) {
        guard self.goesOn else { return }
        switch result {
        case .failure(let error): self.refuse(error)
        case .success(let identity):
            // Before anything is counted, as a refused namespace takes nothing.
            if let error = self.objection(to: identity) { return self.refuse(error) }
            self.gate.count(identity?.user) { error in
                guard self.goesOn else { return }
                if let error { self.refuse(error) } else { self.open(identity) }
            }
        }
    }

    private var goesOn: Bool {
        if self.gate.isClosed || !self.link.isPending { self.end() }
        return !self.isOver
    }

    /// Why nobody gets in as this user, or without one; things may have changed while somebody was asked.
    private func objection(to identity: Identity?) -> RequestError? {
        if let error = self.gate.hub.objection(to: identity) { return error }
        if case .failure(let error) = self.admitted(identity) { return error }
        return nil
    }

    private func admitted(_ identity: Identity?) -> Result<[ChannelName], RequestError> {
        let hub = self.gate.hub
        let definition = hub.rules.definition
        guard let match = definition.namespace(self.link.namespace, ofListener: self.gate.door.listener) else {
            return .failure(RequestError(.notFound, "there is no such namespace any more"))
        }
        return hub.platform.admit(identity, to: match, of: definition, connection: self.gate.port.number)
    }

    private func open(_ identity: Identity?) {
        if let error = self.objection(to: identity) { return self.refuse(error) }
        guard case .success(let joins) = self.admitted(identity) else { return }
        let hub = self.gate.hub
        let port = NamespacePort(self.link, number: self.gate.takeNumber(), receiving: self.gate.receiving)
        let session = Session(
            port: port, identity: identity, dialectIndex: hub.rules.dialectIndex(of: .socketIO), hub: hub,
            admission: self.gate.admission(of: identity?.user), takesJoins: self.link.namespace == "/")
        if identity?.confirmedUntil != nil, let confirmation = self.confirmation { session.confirmation = confirmation }
        session.auditOpening(address: self.gate.port.handshake.remoteAddress)
        session.namespaceJoins = joins
        self.gate.sessions.add(session)
        let handler = NamespaceSession(session, port: port)
        // The session is counted from here on, whether the client stays to hear it or not.
        self.isOver = true
        handler.open(self.auth) { self.end() }
        if !handler.isAnswered { self.pause() }
    }

    private var confirmation: Confirmation? {
        let all = [self.credential].compactMap(\.self) + (self.credential?.others ?? [])
        return all.first { $0.kind != .resume }.map { Confirmation($0, authenticator: self.gate.door.authenticator) }
    }

    private func refuse(_ error: RequestError) {
        self.gate.refuse(self.link, error)
        self.end()
    }

    private func pause() {
        guard !self.isPausing else { return }
        self.isPausing = true
        self.gate.receiving.pause()
    }

    private func end() {
        self.isOver = true
        guard self.isPausing else { return }
        self.isPausing = false
        self.gate.receiving.resume()
    }
}

@available(*, unavailable)
extension Entrance: Sendable {}
