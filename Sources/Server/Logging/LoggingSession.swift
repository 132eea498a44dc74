// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Logging
import NIOCore
import Realtime

/// A session whose beginning and end are logged, at debug level. What is said on the connection never is.
final class LoggingSession: ConnectionSession {
    private let session: any ConnectionSession
    private let number: UInt64
    private let remoteAddress: String
    private let logger: Logger
    private let start = NIODeadline.now()

    init(_ session: any ConnectionSession, number: UInt64, remoteAddress: String, logger: Logger) {
        self.session = session
        self.number = number
        self.remoteAddress = remoteAddress
        self.logger = logger
    }

    func opened() {
        self.logger.debug("connection \(self.number) of \(self.remoteAddress) opened")
        self.session.opened()
    }

    func received(text: UnsafeRawBufferPointer) { self.session.received(text: text) }

    func received(binary: UnsafeRawBufferPointer) { self.session.received(binary: binary) }

    func lost(frameCount: Int) { self.session.lost(frameCount: frameCount) }

    func closed() {
        let milliseconds = (NIODeadline.now() - self.start).nanoseconds / 1_000_000
        self.logger.debug("connection \(self.number) of \(self.remoteAddress) ended after \(milliseconds) ms")
        self.session.closed()
    }
}
