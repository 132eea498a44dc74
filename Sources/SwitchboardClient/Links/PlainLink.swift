// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
package import NIOCore

/// A link whose messages mean what the contract says, over a WebSocket. Owned by its loop.
package final class PlainLink: Link {
    private let port: any LinkPort
    private let listener: any LinkListener
    private let tap: (any FrameTap)?
    /// How long the server may take for a sign of life.
    private let pingTimeout: TimeAmount
    private var ending = LinkEnding.gone

    package init(
        _ port: any LinkPort, listener: any LinkListener, tap: (any FrameTap)? = nil,
        pingTimeout: TimeAmount = .seconds(10)
    ) {
        self.port = port
        self.listener = listener
        self.tap = tap
        self.pingTimeout = pingTimeout
    }

    package func opened() { self.listener.linkOpened(LinkOpening()) }

    package func received(text: UnsafeRawBufferPointer) {
        self.tap?.frame(.received, text)
        self.listener.linkReceived(text)
    }

    package func received(binary: UnsafeRawBufferPointer) {
        self.tap?.frame(.received, binary: binary)
        self.listener.linkReceived(binaryByteCount: binary.count)
    }

    package func peerClosed(code: UInt16?, reason: String) { self.ending = .closed(code: code, reason: reason) }

    package func closed() { self.listener.linkClosed(self.ending) }

    package func say(_ text: String, id: Int? = nil) {
        self.tap?.frame(.sent, text)
        self.port.send(text)
    }

    package func beat() { self.port.ping(timeout: self.pingTimeout) }

    package func setReceiving(_ isReceiving: Bool) { self.port.setReceiving(isReceiving) }

    package func close() { self.port.close() }
}
