// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Realtime

/// A connection that takes everything and sends nothing: what is left is the cost of the core.
final class NullPort: OutboundPort {
    let number: UInt64
    let eventLoop: any EventLoop
    private(set) var byteCount = 0

    init(number: UInt64, eventLoop: any EventLoop) {
        self.number = number
        self.eventLoop = eventLoop
    }

    func send(_ frames: ByteBuffer) { self.byteCount += frames.readableBytes }
    func close(_ code: CloseCode, reason: String) {}
    func setReceiving(_ isReceiving: Bool) {}
    func ping(timeout: TimeAmount) {}
}
