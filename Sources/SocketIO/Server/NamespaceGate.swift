// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import JSON
import NIOCore

/// Lets one connection's clients into the namespaces of a `SocketIOServer`. Owned by the connection's event loop.
final class NamespaceGate: SocketGate {
    private let table: NamespaceTable
    private let recovery: SocketRecoveryConfiguration?
    private let mailbox: LoopMailbox

    init(_ table: NamespaceTable, recovery: SocketRecoveryConfiguration?, on eventLoop: any EventLoop) {
        self.table = table
        self.recovery = recovery
        self.mailbox = table.mailboxes.mailbox(on: eventLoop)
    }

    func join(_ link: SocketLink, auth: JSONNode) {
        let value = SocketValue(.json(auth))
        guard let namespace = self.table.enter(link.namespace, auth: value) else {
            return link.refuse(message: "Invalid namespace")
        }
        let admission = Admission(
            link, to: namespace, handshake: SocketHandshake(link.port.handshake, auth: value), mailbox: self.mailbox)
        admission.skipsMiddlewares = self.recovery?.skipsMiddlewares == true
        admission.start()
    }

    /// The links' handlers have seen to everything.
    func closed(_ reason: EngineCloseReason) {}
}
