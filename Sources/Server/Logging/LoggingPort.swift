// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Logging
import NIOCore
import Realtime

/// A connection whose closing by this server is logged with its code and reason, at debug level.
final class LoggingPort: OutboundPort {
    private let port: any OutboundPort
    private let logger: Logger

    init(_ port: any OutboundPort, logger: Logger) {
        self.port = port
        self.logger = logger
    }

    var number: UInt64 { self.port.number }

    var eventLoop: any EventLoop { self.port.eventLoop }

    var transport: PortTransport { self.port.transport }

    var roundTrip: Int64? { self.port.roundTrip }

    func send(_ frames: ByteBuffer) { self.port.send(frames) }

    func send(_ frames: ByteBuffer, queueing: Queueing) { self.port.send(frames, queueing: queueing) }

    func close(_ code: CloseCode, reason: String) {
        self.logger.debug("connection \(self.number) is closed with \(code.rawValue) \(reason.debugDescription)")
        self.port.close(code, reason: reason)
    }

    func setReceiving(_ isReceiving: Bool) { self.port.setReceiving(isReceiving) }

    func ping(timeout: TimeAmount) { self.port.ping(timeout: timeout) }
}
