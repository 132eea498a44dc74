// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

/// Something that one end of a relay tells the other.
struct RelayStep: Sendable {
    enum Action: Sendable {
        // To the session's loop.
        case opened(SessionTable.Entry, takesBinary: Bool)
        case text(ByteBuffer)
        case binary(ByteBuffer)
        case lost(Int)
        case ready(Bool)
        case closed(EngineCloseReason)
        // To the connection's loop.
        case send(ByteBuffer)
        case sendQueueing(ByteBuffer, Queueing)
        case setReceiving(Bool)
        case finish(CloseCode?, String)
    }

    let relay: Relay
    let action: Action

    /// On the loop it is for.
    func run() {
        switch self.action {
        case .opened(let session, let takesBinary):
            session.run { [relay = self.relay] session in
                RelayedSocket.open(relay, to: session, takesBinary: takesBinary)
            }
        case .text, .binary, .lost, .ready, .closed: self.relay.socket.value?.take(self.action)
        case .send(let frames): self.relay.connection.value?.send(frames)
        case .sendQueueing(let frames, let queueing): self.relay.connection.value?.send(frames, queueing: queueing)
        case .setReceiving(let isReceiving): self.relay.connection.value?.setReceiving(isReceiving)
        case .finish(let code, let reason): self.relay.connection.value?.finish(code, reason: reason)
        }
    }
}
