// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import NIOCore
import Transport

/// A client's WebSocket.
package final class WebSocketLinkPort: LinkPort {
    private let port: any OutboundPort

    package init(_ port: any OutboundPort) { self.port = port }

    package var eventLoop: any EventLoop { self.port.eventLoop }

    package func send(_ text: String) { self.port.send(WebSocketClient.frame(text: text)) }

    package func close() { self.port.close(.normal, reason: "") }

    package func setReceiving(_ isReceiving: Bool) { self.port.setReceiving(isReceiving) }

    package func ping(timeout: TimeAmount) { self.port.ping(timeout: timeout) }
}
