// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
import JSON
import NIOCore
package import Realtime

/// One plain WebSocket client: from its token to its last command. Owned by the connection's loop.
package final class PlainSession: ConnectionSession {
    /// What is needed until the user is known, and not kept longer: an idle connection is the session and one pointer.
    fileprivate final class Opening {
        let port: any OutboundPort
        /// Of the request or, where the contract says so, of the first message.
        var credential: Credential?
        let hub: LoopHub
        let authenticator: any Authenticator
        /// Ends a connection whose user is not known in time.
        var timeout: Scheduled<Void>?
        let asksForPositions: Bool
        let admission: Admission?
        let address: String

        init(
            port: any OutboundPort,
            credential: Credential?,
            hub: LoopHub,
            authenticator: any Authenticator,
            asksForPositions: Bool,
            admission: Admission?,
            address: String
        ) {
            self.port = port
            self.credential = credential
            self.hub = hub
            self.authenticator = authenticator
            self.asksForPositions = asksForPositions
            self.admission = admission
            self.address = address
        }
    }

    private enum State {
        /// Connected, its user not known yet: nothing is received but, where the contract wants it, a message with the credential.
        case opening(Opening)
        case awaitingCredential(Opening, AuthRules.FirstMessage)
        /// Its user is known, and a limit that was exceeded lets him wait: nothing is received.
        case waiting(Opening)
        case open(Session)
        case closed
    }

    private var state: State

    /// - Parameters:
    ///   - credential: what the upgrade request carried, unchecked.
    ///   - address: where the connection comes from.
    ///   - asksForPositions: its publications are told with their positions, on a platform that gives them.
    package init(
        port: any OutboundPort,
        credential: Credential?,
        address: String = "",
        hub: LoopHub,
        authenticator: any Authenticator,
        asksForPositions: Bool = false
    ) {
        self.state = .opening(
            Opening(
                port: port, credential: credential, hub: hub, authenticator: authenticator,
                asksForPositions: asksForPositions, admission: hub.admission(from: address),
                address: address))
    }

    package func opened() {
        guard case .opening(let opening) = self.state else { return }
        if let error = opening.admission?.knock() { return self.refuse(opening, error) }
        let rules = opening.hub.rules.definition.auth
        if opening.credential == nil, rules.mode == .required, let firstMessage = rules.firstMessage {
            self.state = .awaitingCredential(opening, firstMessage)
        } else {
            self.authenticate(opening)
        }
        switch self.state {
        case .opening, .awaitingCredential: self.startTimeout(of: opening, milliseconds: rules.timeout)
        case .waiting, .open, .closed: break
        }
    }

    private func authenticate(_ opening: Opening) {
        self.state = .opening(opening)
        opening.authenticator.authenticate(opening.credential, on: opening.port.eventLoop) { self.authenticated($0) }
        // The answer is there already unless somebody has to be asked; until then nothing is received (RNG-004).
        if case .opening = self.state { opening.port.setReceiving(false) }
    }

    private func startTimeout(of opening: Opening, milliseconds: Int64) {
        opening.timeout = opening.port.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            [weak self] in self?.refuse(opening, .notAuthenticatedInTime)
        }
    }

    private func refuse(_ opening: Opening, _ reason: RequestError) {
        let error = opening.admission?.reconsider(reason) ?? reason
        self.state = .closed
        opening.timeout?.cancel()
        opening.admission?.leave()
        opening.hub.auditRefusal(of: opening.port.number, address: opening.address, error)
        opening.hub.refuse(opening.port, error, dialectIndex: opening.hub.rules.dialectIndex(of: .plain))
    }

    package func received(text: UnsafeRawBufferPointer) {
        if case .awaitingCredential(let opening, let rules) = self.state {
            return self.receiveCredential(text, rules, opening)
        }
        guard case .open(let session) = self.state else { return }
        guard session.admitMessage() else { return }
        guard let document = try? JSONDocument(parsing: text), document.root.kind == .object else {
            return session.fail(RequestError(.invalidMessage, "a message is one JSON object"))
        }
        let definition = session.definition
        let request = ClientRequest(
            document.root[definition.commandKey]?.string, args: document.root, of: definition)
        session.run(request, PlainAnswerer(session: session, request: request))
    }

    /// The first message has the credential, or the connection ends: nothing else comes before it.
    private func receiveCredential(
        _ text: UnsafeRawBufferPointer, _ rules: AuthRules.FirstMessage, _ opening: Opening
    ) {
        let definition = opening.hub.rules.definition
        guard let message = try? JSONDocument(parsing: text).root,
            message[definition.commandKey]?.string == rules.command,
            let credential = message[rules.key]?.string, !credential.isEmpty
        else { return self.refuse(opening, .notAuthenticated) }
        opening.credential = Credential(definition.auth.credentials.first?.kind ?? .jwt, credential)
        self.authenticate(opening)
    }

    package func received(binary: UnsafeRawBufferPointer) {
        if case .awaitingCredential(let opening, _) = self.state { return self.refuse(opening, .notAuthenticated) }
        guard case .open(let session) = self.state else { return }
        guard session.admitMessage() else { return }
        session.fail(RequestError(.binaryMessage, "a message is one JSON object in a text frame"))
    }

    package func lost(frameCount: Int) {
        guard case .open(let session) = self.state else { return }
        session.notify(.lost(frameCount))
    }

    package func closed() {
        switch self.state {
        case .open(let session): session.close()
        case .opening(let opening), .awaitingCredential(let opening, _), .waiting(let opening):
            opening.timeout?.cancel()
            opening.admission?.leave()
        case .closed: break
        }
        self.state = .closed
    }

    private func authenticated(_ result: Result<Identity?, RequestError>) {
        guard case .opening(let opening) = self.state else { return }
        switch result {
        case .failure(let error): self.refuse(opening, error)
        case .success(let identity):
            opening.timeout?.cancel()
            guard let admission = opening.admission else { return self.open(opening, identity) }
            self.state = .waiting(opening)
            admission.enter(as: identity?.user) { error in
                guard case .waiting = self.state else { return }
                if let error { self.refuse(opening, error) } else { self.open(opening, identity) }
            }
            if case .waiting = self.state { opening.port.setReceiving(false) }
        }
    }

    private func open(_ opening: Opening, _ identity: Identity?) {
        if let error = opening.hub.objection(to: identity) { return self.refuse(opening, error) }
        let rules = opening.hub.rules
        let asksForPositions = opening.asksForPositions && rules.definition.recovery != nil
        let session = Session(
            port: opening.port, identity: identity,
            dialectIndex: rules.dialectIndex(of: asksForPositions ? .plainWithPositions : .plain), hub: opening.hub,
            admission: opening.admission)
        if identity?.confirmedUntil != nil { session.confirmation = opening.confirmation }
        self.state = .open(session)
        session.auditOpening(address: opening.address)
        session.notify(.connected)
        session.offerResumeToken()
        session.joinContractChannels()
        // What came meanwhile is for the session, and answered behind the welcome.
        opening.port.setReceiving(true)
    }
}

extension PlainSession.Opening {
    /// With the first credential that holds more than once.
    fileprivate var confirmation: Confirmation? {
        guard
            let credential = ([self.credential].compactMap(\.self) + (self.credential?.others ?? []))
                .first(where: { $0.kind != .resume })
        else { return nil }
        return Confirmation(credential, authenticator: self.authenticator)
    }
}

extension RequestError {
    fileprivate static let notAuthenticatedInTime = RequestError(
        .unauthenticated, "authentication was not finished in time", reason: "missing")
    fileprivate static let notAuthenticated = RequestError(
        .unauthenticated, "the first message must bring a credential", reason: "missing")
}
