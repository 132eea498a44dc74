// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
package import Realtime

/// One plain WebSocket client: from its token to its last command. Owned by the connection's loop.
package final class PlainSession: ConnectionSession {
    /// What is needed until the user is known, and not kept longer: an idle connection is the session and one pointer.
    private final class Opening {
        let port: any OutboundPort
        let credential: Credential?
        let hub: LoopHub
        let authenticator: any Authenticator

        init(port: any OutboundPort, credential: Credential?, hub: LoopHub, authenticator: any Authenticator) {
            self.port = port
            self.credential = credential
            self.hub = hub
            self.authenticator = authenticator
        }
    }

    private enum State {
        /// Connected, its token not checked yet: nothing is received.
        case opening(Opening)
        case open(Session)
        case closed
    }

    private var state: State

    /// - Parameter credential: what the upgrade request carried, unchecked.
    package init(port: any OutboundPort, credential: Credential?, hub: LoopHub, authenticator: any Authenticator) {
        self.state = .opening(Opening(port: port, credential: credential, hub: hub, authenticator: authenticator))
    }

    package func opened() {
        guard case .opening(let opening) = self.state else { return }
        opening.authenticator.authenticate(opening.credential, on: opening.port.eventLoop) { self.authenticated($0) }
        // The answer is there already unless keys have to be fetched; until then nothing is received (RNG-004).
        if case .opening = self.state { opening.port.setReceiving(false) }
    }

    package func received(text: UnsafeRawBufferPointer) {
        guard case .open(let session) = self.state else { return }
        session.countMessage()
        guard let document = try? JSONDocument(parsing: text), document.root.kind == .object else {
            return session.fail(RequestError(.invalidMessage, "a message is one JSON object"))
        }
        session.run(document.root)
    }

    package func received(binary: UnsafeRawBufferPointer) {
        guard case .open(let session) = self.state else { return }
        session.countMessage()
        session.fail(RequestError(.invalidMessage, "a message is one JSON object in a text frame"))
    }

    package func lost(frameCount: Int) {
        guard case .open(let session) = self.state else { return }
        session.notify(.lost(frameCount))
    }

    package func closed() {
        if case .open(let session) = self.state { session.close() }
        self.state = .closed
    }

    private func authenticated(_ result: Result<Identity?, RequestError>) {
        guard case .opening(let opening) = self.state else { return }
        switch result {
        case .failure(let error):
            self.state = .closed
            opening.hub.refuse(opening.port, error, dialectIndex: 0)
        case .success(let identity):
            let session = Session(port: opening.port, identity: identity, dialectIndex: 0, hub: opening.hub)
            self.state = .open(session)
            session.notify(.connected)
            // What came meanwhile is for the session, and answered behind the welcome.
            opening.port.setReceiving(true)
        }
    }
}
