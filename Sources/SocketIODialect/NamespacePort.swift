// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import EngineIO
import NIOCore
import Realtime
import SocketIO

/// One joined namespace's way out, as the core sees it. Owned by the connection's loop.
final class NamespacePort: OutboundPort {
    let number: UInt64
    let link: SocketLink
    private let receiving: SharedReceiving
    /// Nothing is sent or received any more.
    private(set) var isClosed = false
    /// It was closed for good before the client was let in, and he is to leave when he is.
    private(set) var isToLeave = false
    private var isReceiving = true

    init(_ link: SocketLink, number: UInt64, receiving: SharedReceiving) {
        self.link = link
        self.number = number
        self.receiving = receiving
    }

    var eventLoop: any EventLoop { self.link.port.eventLoop }

    var transport: PortTransport { self.link.port.transport == .polling ? .polling : .webSocket }

    var roundTrip: Int64? { self.link.port.roundTrip }

    func send(_ frames: ByteBuffer) {
        // A publication that Socket.IO has no form for is empty.
        guard !self.isClosed, frames.readableBytes > 0 else { return }
        self.link.send(frames)
    }

    func send(_ frames: ByteBuffer, queueing: Queueing) {
        guard !self.isClosed, frames.readableBytes > 0 else { return }
        self.link.send(frames, queueing: queueing)
    }

    /// A client that is to come back loses its connection; any other is put out of its namespace, and does not (ALL-D11).
    func close(_ code: CloseCode, reason: String) {
        guard !self.isClosed else { return }
        self.isClosed = true
        // Later, as leaving tells the session, which is in the middle of something.
        self.eventLoop.assumeIsolated().execute { [link] in
            if link.isPending, !code.bringsBack {
                self.isToLeave = true
            } else if code.bringsBack {
                // Over polling nothing but an error brings every client back, and 1000 is none.
                let isError = code != .normal || link.port.transport == .websocket
                link.close(
                    code == .goingAway ? .serverShuttingDown : .forcedClose, code: isError ? code : .goingAway)
            } else {
                link.leave()
            }
        }
    }

    func setReceiving(_ isReceiving: Bool) {
        guard isReceiving != self.isReceiving else { return }
        self.isReceiving = isReceiving
        if isReceiving { self.receiving.resume() } else { self.receiving.pause() }
    }

    /// Engine.IO's own heartbeat finds out who is not there any more.
    func ping(timeout: TimeAmount) {}

    /// The namespace was left.
    func ended() {
        self.isClosed = true
        self.setReceiving(true)
    }
}

@available(*, unavailable)
extension NamespacePort: Sendable {}
