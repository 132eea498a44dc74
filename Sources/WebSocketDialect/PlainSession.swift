// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
package import Realtime

/// One plain WebSocket client: from its token to its last command. Owned by the connection's loop.
package final class PlainSession: ConnectionSession {
    private enum State {
        /// Connected, its token not checked yet: nothing is received.
        case opening(token: String?)
        case open(Session)
        case closed
    }

    private let port: any OutboundPort
    private let hub: LoopHub
    private let authenticator: any Authenticator
    private var state: State

    /// - Parameter token: what the upgrade request carried, unchecked.
    package init(port: any OutboundPort, token: String?, hub: LoopHub, authenticator: any Authenticator) {
        self.port = port
        self.hub = hub
        self.authenticator = authenticator
        self.state = .opening(token: token)
    }

    package func opened() {
        guard case .opening(let token) = self.state else { return }
        self.port.setReceiving(false)
        self.authenticator.authenticate(token, on: self.port.eventLoop) { self.authenticated($0) }
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

    package func closed() {
        if case .open(let session) = self.state { session.close() }
        self.state = .closed
    }

    private func authenticated(_ result: Result<Identity?, RequestError>) {
        guard case .opening = self.state else { return }
        self.port.setReceiving(true)
        switch result {
        case .failure(let error): self.refuse(error)
        case .success(let identity):
            let session = Session(port: self.port, identity: identity, dialectIndex: 0, hub: self.hub)
            self.state = .open(session)
            session.notify(.connected)
        }
    }

    private func refuse(_ error: RequestError) {
        self.state = .closed
        self.hub.refuse(self.port, error, dialectIndex: 0)
    }
}
