// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import NIOCore
import Realtime
import SocketIO

/// What lets one client come back to what he has now. Owned by the connection's loop.
final class PlaceToReturn {
    /// Only the client knows it.
    let secret: String
    private let key: String
    private let start: String
    /// The client has come back elsewhere.
    private var isTaken = false

    /// - Parameter start: a position before everything that the client was sent.
    init(secret: String, start: String) {
        self.secret = secret
        self.key = SecretText.key(of: secret)
        self.start = start
    }

    func open(_ handler: NamespaceSession) {
        let waiting = NIOLoopBound((self, handler), eventLoop: handler.port.eventLoop)
        handler.session.platform.openReturn(self.key) { completion in
            waiting.eventLoop.execute {
                let (place, handler) = waiting.value
                completion(place.giveUp(handler))
            }
        }
    }

    /// Ends a connection that is thought to be open, but whose client is there again.
    private func giveUp(_ handler: NamespaceSession) -> ReturnState? {
        guard handler.session.isOpen, !self.isTaken else { return nil }
        let state = self.state(of: handler)
        self.isTaken = true
        handler.port.link.close(.transportClose)
        return state
    }

    func ended(_ handler: NamespaceSession, _ reason: DisconnectReason) {
        guard !self.isTaken else { return }
        self.isTaken = true
        let returning = handler.session.definition.returning
        let mayReturn = returning != nil && handler.session.isOpen && Self.mayReturn(after: reason)
        handler.session.platform.endReturn(
            self.key, mayReturn ? self.state(of: handler) : nil, age: returning?.age ?? 0)
    }

    /// Also behind `socket.disconnect().connect()`, with which programs change their token: stock clients bring the secret then, too.
    private static func mayReturn(after reason: DisconnectReason) -> Bool {
        reason.isRecoverable || reason == .clientNamespaceDisconnect
    }

    private func state(of handler: NamespaceSession) -> ReturnState {
        ReturnState(
            user: handler.session.identity?.user, namespace: handler.port.link.namespace, id: handler.id,
            start: self.start, channels: handler.session.channelNames,
            selection: handler.session.channelSelection)
    }
}

@available(*, unavailable)
extension PlaceToReturn: Sendable {}
