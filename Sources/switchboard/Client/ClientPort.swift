// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Transport

/// Where a client's session says something, whatever carries it. Owned by the connection's event loop.
protocol ClientPort: AnyObject {
    /// Sends a text message, or a packet of Engine.IO, behind those sent before.
    func send(_ text: String)

    /// Ends the connection; the session hears of it.
    func close()
}

/// A client's WebSocket.
final class WebSocketClientPort: ClientPort {
    private let port: any OutboundPort

    init(_ port: any OutboundPort) { self.port = port }

    func send(_ text: String) { self.port.send(WebSocketClient.frame(text: text)) }

    func close() { self.port.close(.normal, reason: "") }
}
