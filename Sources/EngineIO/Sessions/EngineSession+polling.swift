// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import WebSocketProtocol

/// The session while it is polled. All requests have been handed over to its loop.
extension EngineSession {
    // MARK: - Out

    /// Keeps frames for the next GET, or for the one that waits.
    func enqueue(_ frames: ByteBuffer, queueing: Queueing?) {
        guard let polling = self.polling else { return }
        let limit = self.loop.core.configuration.maximumQueuedByteCount
        let hasRoom =
            if let queueing {
                polling.queue.append(frames, queueing: queueing, limit: limit)
            } else {
                polling.queue.append(frames, limit: limit)
            }
        guard hasRoom else { return self.end(.transportError) }
        guard polling.get != nil, !polling.isFlushDue else { return }
        polling.isFlushDue = true
        self.loop.flushSoon(self)
    }

    /// Answers the GET that waits, if there is something to say.
    func flush(cookie: String? = nil) {
        guard let polling = self.polling else { return }
        polling.isFlushDue = false
        guard let get = polling.get, !polling.queue.isEmpty else { return }
        polling.get = nil
        get.send(payload: polling.queue.takePayload(), cookie: cookie)
        self.tellLost()
    }

    private func tellLost() {
        guard let polling = self.polling, polling.queue.lostCount > 0,
            polling.queue.byteCount <= self.loop.core.configuration.maximumQueuedByteCount / 2
        else { return }
        let count = polling.queue.takeLost()
        // This may be inside a call to the port.
        self.eventLoop.assumeIsolated().execute { self.handler?.lost(frameCount: count) }
    }

    // MARK: - GET

    func poll(_ get: PollingAnswer) {
        self.checkDeadline()
        guard self.phase != .ended else { return self.refuse(get, .unknownSession) }
        guard self.socket == nil, let polling = self.polling else { return self.refuse(get, .badRequest) }
        guard polling.get == nil else {
            get.sendBadRequest()
            return self.end(.transportError)
        }
        polling.get = get
        self.flush()
        guard polling.get != nil else { return }
        if self.phase == .closing {
            polling.get = nil
            polling.send(polling.farewell, to: get)
            self.endClosing()
        } else if self.candidate?.isProbed == true {
            self.hurry(get)
        }
    }

    // MARK: - POST

    /// The head of a POST has come.
    func beginPost(_ post: PollingAnswer) {
        self.checkDeadline()
        guard self.phase != .ended else { return self.refuse(post, .unknownSession) }
        guard self.socket == nil, let polling = self.polling else { return self.refuse(post, .badRequest) }
        if let first = polling.post {
            post.sendBadRequest()
            first.sendBadRequest()
            polling.post = nil
            polling.reader = nil
            return self.end(.transportError)
        }
        polling.post = post
    }

    /// Its body is whole.
    func finishPost(_ post: PollingAnswer, _ body: ByteBuffer) {
        // The session may have ended meanwhile.
        guard let polling = self.polling, polling.post === post else { return self.refuse(post, .unknownSession) }
        guard self.phase == .open, body.withUnsafeReadableBytes({ UTF8Validator.isValid($0) }) else {
            post.sendOK()
            polling.post = nil
            if self.phase == .open { self.end(.parseError) }
            return
        }
        polling.reader = PayloadReader(body)
        self.takePackets()
    }

    /// Hands packets on until there are no more, or the handler does not receive: then the client has to wait for its answer.
    func takePackets() {
        guard let polling = self.polling, let post = polling.post else { return }
        while self.phase == .open, self.isReceiving, let packet = polling.reader?.next() {
            packet.withUnsafeReadableBytes { self.received(text: $0) }
        }
        if self.phase == .open, let reader = polling.reader, !reader.isAtEnd { return }
        polling.reader = nil
        // The end of the session may have answered it.
        guard polling.post === post else { return }
        polling.post = nil
        post.sendOK()
        if self.socket != nil { self.polling = nil }
    }

    /// What the session's end leaves of a POST is not handed on.
    func answerHeldPost() {
        guard let polling = self.polling, polling.reader != nil, let post = polling.post else { return }
        polling.reader = nil
        polling.post = nil
        post.sendOK()
    }

    /// The body was too large, and is answered.
    func forgetPost(_ post: PollingAnswer) {
        if let polling = self.polling, polling.post === post { polling.post = nil }
    }

    // MARK: - Both

    /// The client went away in the middle of a request.
    func aborted(_ answer: PollingAnswer) {
        guard let polling = self.polling, polling.get === answer || polling.post === answer else { return }
        if polling.get === answer { polling.get = nil } else { polling.post = nil }
        self.end(.transportError)
    }

    private func refuse(_ answer: PollingAnswer, _ fault: EngineFault) {
        self.loop.core.table.refused(fault)
        answer.send(fault)
    }
}
