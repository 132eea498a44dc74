// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Realtime
import Synchronization

/// What one connection was sent and asked to do, readable from any thread.
final class Recording: Sendable {
    struct Content: Sendable {
        /// One for each call of `send`.
        var sends: [String] = []
        /// One for each call of `send` whose frames may be left out.
        var queueings: [Queueing] = []
        var closes: [(code: CloseCode, reason: String)] = []
        var pings: [TimeAmount] = []
        var receiving: [Bool] = []
    }

    private let content = Mutex(Content())

    func change(_ body: (inout Content) -> Void) { self.content.withLock { body(&$0) } }

    var sends: [String] { self.content.withLock { $0.sends } }
    var queueings: [Queueing] { self.content.withLock { $0.queueings } }
    var closes: [(code: CloseCode, reason: String)] { self.content.withLock { $0.closes } }
    var pings: [TimeAmount] { self.content.withLock { $0.pings } }
    var receiving: [Bool] { self.content.withLock { $0.receiving } }

    /// The frames of all sends; `LineDialect` ends each with a newline.
    var lines: [String] { self.sends.joined().split(separator: "\n").map(String.init) }

    /// The data of all publications, in order.
    var data: [String] {
        self.lines.filter { $0.hasPrefix("event ") }.compactMap { $0.split(separator: " ").last.map(String.init) }
    }

    func forget() { self.content.withLock { $0 = Content() } }
}

final class RecordingPort: OutboundPort {
    let number: UInt64
    let eventLoop: any EventLoop
    let recording = Recording()
    /// Called by `send` and `close` after they have recorded, to do what a port should not do.
    var afterSend: (() -> Void)?
    var afterClose: (() -> Void)?
    private var isClosed = false

    init(number: UInt64, eventLoop: any EventLoop) {
        self.number = number
        self.eventLoop = eventLoop
    }

    func send(_ frames: ByteBuffer) {
        guard !self.isClosed else { return }
        self.recording.change { $0.sends.append(String(buffer: frames)) }
        self.afterSend?()
    }

    func send(_ frames: ByteBuffer, queueing: Queueing) {
        guard !self.isClosed else { return }
        self.recording.change { $0.queueings.append(queueing) }
        self.send(frames)
    }

    func close(_ code: CloseCode, reason: String) {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.recording.change { $0.closes.append((code, reason)) }
        self.afterClose?()
    }

    func setReceiving(_ isReceiving: Bool) {
        guard !self.isClosed else { return }
        self.recording.change { $0.receiving.append(isReceiving) }
    }

    func ping(timeout: TimeAmount) {
        guard !self.isClosed else { return }
        self.recording.change { $0.pings.append(timeout) }
    }
}
