// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// What a session keeps while it is polled. Owned by its loop.
final class PollingTransport {
    var queue = PollingQueue()
    /// The GET that waits.
    var get: PollingAnswer?
    /// The POST whose body is arriving, or whose packets are being handed on.
    var post: PollingAnswer?
    /// Packets of `post` that wait until the handler receives again.
    var reader: PayloadReader?
    /// The session is among those that the loop flushes at the end of its turn.
    var isFlushDue = false
    /// What tells the client that the session has ended, once it has everything else.
    var farewell = Farewell.close

    /// The last answer of a session.
    enum Farewell {
        /// The close packet.
        case close
        /// A packet without meaning: the client has closed.
        case noop
        /// An error of the server, which makes every client come back.
        case unavailable
    }

    func send(_ farewell: Farewell, to get: PollingAnswer) {
        switch farewell {
        case .close: get.send(payload: EngineFrames.closeBody)
        case .noop: get.send(payload: EngineFrames.noopBody)
        case .unavailable: get.sendUnavailable()
        }
    }
}
