// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Transport

/// A WebSocket as a session uses it: a connection of its own loop, or a way to one of another. Owned by the session's loop.
protocol EngineSocket: AnyObject {
    /// Whether everything sent before has left.
    var isReadyNow: Bool { get }

    /// Why it has ended.
    var endReason: EngineCloseReason { get }

    func send(_ frames: ByteBuffer)
    func send(_ frames: ByteBuffer, queueing: Queueing)
    func setReceiving(_ isReceiving: Bool)

    /// Closes it behind what was sent. Without a code the close frame is empty.
    func finish(_ code: CloseCode?, reason: String)
}

extension WebSocketConnection: EngineSocket {
    var endReason: EngineCloseReason {
        switch self.ending {
        case .ordinary: .transportClose
        case .tooSlow, .violation: .transportError
        }
    }

    func finish(_ code: CloseCode?, reason: String) {
        if let code { self.close(code, reason: reason) } else { self.closeWithoutCode() }
    }
}
