// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import NIOCore
import WebSocketProtocol

/// A connection after the upgrade: the only handler in its channel but for one that encrypts, between the socket and a session.
///
/// Sends go straight to the socket while NIO has nothing queued for it and nothing is encrypted, else into a bounded queue;
/// `OutboundPort` says what callers may rely on. What the session sends while it is called, and the handshake's answer, leave
/// together. Answers pings, and does the closing handshake (RFC 6455 §7) from either side, bounded in time. A session whose peer
/// has closed, broken the protocol or not read is told at once, before that is done; none is told inside a call to the port.
package final class WebSocketConnection: OutboundPort {
    /// Why a connection ended, as far as this side knows.
    package enum Ending: UInt8, Sendable {
        /// The peer, or the network, ended it, or a session closed it.
        case ordinary
        /// The peer read too slowly.
        case tooSlow
        /// The peer broke the protocol, or sent too much at once.
        case violation
    }

    /// How far the connection has come. It only moves downwards.
    private enum Phase: UInt8 {
        case open
        /// Our close frame is sent, or queued, and the peer's is awaited.
        case awaitingClose
        /// Both close frames are on their way: when ours is out, a server closes the socket; a client waits for that.
        case closed
        /// The peer broke the protocol. When our close frame is out, the sending side shuts down; input is thrown away.
        case discarding
        /// There is no channel any more.
        case ended
    }

    package let number: UInt64
    var placeInLoop = -1
    var isSwept = false
    /// While open: when the pong is overdue. While closing: when the socket closes in any case.
    private(set) var deadline: NIODeadline?

    private let loop: ConnectionLoop
    private let settings: WebSocketSettings
    private let role: WebSocketRole
    /// A handler that encrypts stands between this one and the socket.
    private let isEncrypted: Bool
    private var context: ChannelHandlerContext?
    private var session: (any ConnectionSession)?
    private var socket = DirectSocket.none
    private var decoder: MessageDecoder
    private var queue = OutboundQueue()
    /// Bytes that arrived while the session was not receiving.
    private var held: ByteBuffer?

    private var phase = Phase.open
    private var isReceiving = true
    private var isConsuming = false
    private var isReadWithheld = false
    private var isOutputShut = false
    /// How it ended, when `closed` is called; before that, how it will.
    package private(set) var ending = Ending.ordinary
    /// NIO is writing for us: what it reports meanwhile may come from inside a call to the port.
    private var isHandingOver = false
    /// Among the loop's open WebSockets.
    private var isCounted = false

    init(loop: ConnectionLoop, settings: WebSocketSettings, role: WebSocketRole, isEncrypted: Bool = false) {
        self.loop = loop
        self.settings = settings
        self.role = role
        self.isEncrypted = isEncrypted
        self.number = loop.makeConnectionNumber()
        self.decoder = MessageDecoder(role: role, maximumMessageByteCount: settings.maximumMessageByteCount)
    }

    package var eventLoop: any EventLoop { self.loop.eventLoop }

    /// Begins, when this handler is in the channel's pipeline.
    ///
    /// - Parameters:
    ///   - opening: bytes that go before the session's own, in the same write: the 101 response.
    ///   - received: bytes that came behind the handshake.
    func start(
        opening: ByteBuffer, received: ByteBuffer, makeSession: (any OutboundPort) -> any ConnectionSession
    ) {
        guard self.phase == .open, self.context != nil else { return }
        self.isCounted = true
        self.loop.gauges.openWebSockets += 1
        let isCorked = self.loop.cork(self)
        self.write(opening)
        let session = makeSession(self)
        self.session = session
        session.opened()
        if received.readableBytes > 0 { self.take(received) }
        if isCorked { self.uncork() }
        self.settle()
    }

    // MARK: - The port

    package func send(_ frames: ByteBuffer) {
        guard self.phase == .open else { return }
        self.write(frames)
    }

    package func send(_ frames: ByteBuffer, queueing: Queueing) {
        guard self.phase == .open else { return }
        // While the socket takes everything nothing is remembered.
        guard self.queue.isBlocked else { return self.write(frames) }
        if self.loop.corked === self {
            self.writeNow(self.loop.takeCollected())
            guard self.phase == .open else { return }
        }
        self.enqueue(frames, queueing: queueing)
    }

    package func close(_ code: CloseCode, reason: String) { self.close(code.rawValue, reason: reason) }

    /// The same with a close frame that says nothing (RFC 6455 §5.5.1).
    package func closeWithoutCode() { self.close(nil, reason: "") }

    /// Whether all that was sent before is with the kernel, or about to be.
    package var isReadyNow: Bool { self.phase == .open && !self.queue.isBlocked }

    private func close(_ code: UInt16?, reason: String) {
        guard self.phase == .open else { return }
        self.sendClose(code, reason: reason)
        self.phase = .awaitingClose
        self.setDeadline(in: self.settings.closeTimeout)
        // The peer's close frame may be among the bytes that wait, or still in the socket.
        if !self.isReceiving { self.resumeLater() }
    }

    package func setReceiving(_ isReceiving: Bool) {
        guard self.phase == .open, self.isReceiving != isReceiving else { return }
        self.isReceiving = isReceiving
        if isReceiving {
            self.resumeLater()
        } else {
            // A pong would not be seen.
            self.deadline = nil
        }
    }

    package func ping(timeout: TimeAmount) {
        guard self.phase == .open else { return }
        switch self.role {
        case .server: self.write(self.loop.pingFrame)
        case .client: self.sendControl(.ping, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        guard self.isReceiving, self.deadline == nil else { return }
        self.setDeadline(in: timeout)
    }

    // MARK: - Outbound

    /// Sends bytes that end with a frame, by the shortest way that keeps the order.
    private func write(_ frames: ByteBuffer) {
        guard self.loop.corked === self else { return self.writeNow(frames) }
        guard !self.loop.collect(frames) else { return }
        self.writeNow(self.loop.takeCollected())
        // That may have been too much for the peer, and nothing goes behind the close frame.
        if self.phase == .open, !self.loop.collect(frames) { self.writeNow(frames) }
    }

    private func writeNow(_ frames: ByteBuffer) {
        guard self.phase != .ended, frames.readableBytes > 0 else { return }
        guard !self.queue.isBlocked else { return self.enqueue(frames) }
        let count = frames.readableBytes
        let sent = self.sendDirectly(frames)
        guard sent < count, self.phase != .ended else { return }
        guard let rest = frames.getSlice(at: frames.readerIndex + sent, length: count - sent) else { return }
        // A slice keeps the whole buffer: fine for most of one buffer, wasteful for the end of a shared one.
        let isMostOfBuffer = 2 * (count - sent) > frames.storageCapacity
        self.handOver(isMostOfBuffer ? rest : ByteBuffer(bytes: rest.readableBytesView))
    }

    /// Returns how many bytes the kernel took.
    private func sendDirectly(_ frames: ByteBuffer) -> Int {
        frames.withUnsafeReadableBytes { self.sendDirectly($0) }
    }

    private func sendDirectly(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch self.socket.send(bytes) {
        case .took(let count):
            self.loop.gauges.sentByteCount &+= UInt64(count)
            return count
        case .broken:
            // Not closed here: the caller may be walking a list that the session leaves when it ends.
            self.socket = .none
            self.phase = .ended
            let connection = NIOLoopBound(self, eventLoop: self.eventLoop)
            self.eventLoop.execute { connection.value.context?.close(promise: nil) }
            return 0
        }
    }

    private func enqueue(_ frames: ByteBuffer, queueing: Queueing? = nil) {
        guard self.phase == .open else { return self.queue.append(frames) }
        let limit = self.settings.maximumQueuedByteCount
        let before = self.queue.leftOut
        let hasRoom: Bool
        if let queueing {
            hasRoom = self.queue.append(frames, queueing: queueing, limit: limit)
        } else {
            hasRoom = self.queue.append(frames, limit: limit)
        }
        let after = self.queue.leftOut
        self.loop.gauges.framesDroppedTotal &+= UInt64(after.droppedCount - before.droppedCount)
        self.loop.gauges.framesReplacedTotal &+= UInt64(after.replacedCount - before.replacedCount)
        if !hasRoom { self.giveUp() }
    }

    /// The peer does not read, and nothing more can be left out for it.
    private func giveUp() {
        self.loop.gauges.tooSlowTotal += 1
        self.ending = .tooSlow
        // What NIO has ends with a frame, so the close frame can follow it.
        self.queue.dropWaiting()
        self.queue.append(
            self.makeClose(self.settings.tooSlowCode.rawValue, reason: self.settings.tooSlowReason))
        self.phase = .awaitingClose
        self.setDeadline(in: self.settings.closeTimeout)
        self.endSessionLater()
        if !self.isReceiving { self.resumeLater() }
    }

    /// Tells the session what was dropped, once the peer has caught up with half of what waited.
    private func tellLost() {
        guard self.queue.leftOut.droppedCount > 0 || !self.queue.isBlocked,
            self.queue.byteCount <= self.settings.maximumQueuedByteCount / 2
        else { return }
        let count = self.queue.takeLeftOut().droppedCount
        guard count > 0 else { return }
        // This may be inside a call to the port.
        let connection = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.eventLoop.execute {
            guard connection.value.phase == .open else { return }
            connection.value.session?.lost(frameCount: count)
        }
    }

    /// Gives NIO a chunk, which it writes when the socket takes bytes again. There is none before it.
    private func handOver(_ chunk: ByteBuffer) {
        guard let context = self.context else { return }
        self.queue.handedOver(chunk.readableBytes)
        let count = chunk.readableBytes
        let promise = self.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess { [self] in self.chunkWritten(count) }
        let wasHandingOver = self.isHandingOver
        self.isHandingOver = true
        context.writeAndFlush(NIOAny(chunk), promise: promise)
        self.isHandingOver = wasHandingOver
    }

    private func chunkWritten(_ count: Int) {
        self.loop.gauges.sentByteCount &+= UInt64(count)
        guard self.phase != .ended else { return }
        let next = self.queue.chunkWritten { self.sendDirectly($0) }
        self.tellLost()
        if let next, self.phase != .ended {
            self.handOver(next)
        } else if self.phase == .closed || self.phase == .discarding {
            // Inside a write of NIO's, perhaps inside a call to the port: settled when that has returned.
            let connection = NIOLoopBound(self, eventLoop: self.eventLoop)
            self.eventLoop.execute { connection.value.settle() }
        }
    }

    /// Ends the collecting of sends and writes them out. If another connection is corked there is nothing to do.
    private func uncork() {
        guard self.loop.corked === self else { return }
        let collected = self.loop.uncork()
        self.writeNow(collected)
        self.loop.recycleCork(collected)
    }

    // MARK: - Frames of our own

    private var maskingKey: MaskingKey? {
        guard self.role == .client else { return nil }
        var generator = SystemRandomNumberGenerator()
        return .random(using: &generator)
    }

    private func sendControl(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) {
        var frame = ByteBuffer()
        WebSocketFrame.append(opcode, payload, maskingKey: self.maskingKey, to: &frame)
        self.write(frame)
    }

    private func makeClose(_ code: UInt16?, reason: String) -> ByteBuffer {
        var frame = ByteBuffer()
        WebSocketFrame.appendClose(code: code, reason: reason, maskingKey: self.maskingKey, to: &frame)
        return frame
    }

    /// Sends the last frame. It is not refused for want of room in the queue: 127 bytes, once.
    private func sendClose(_ code: UInt16?, reason: String = "") {
        let frame = self.makeClose(code, reason: reason)
        guard self.loop.corked === self || !self.queue.isBlocked else { return self.queue.append(frame) }
        self.write(frame)
    }

    // MARK: - Inbound

    /// Takes what was read: hands messages to the session, or keeps the bytes while it is not receiving.
    private func take(_ bytes: ByteBuffer) {
        if self.phase == .open { self.deadline = nil }
        switch self.phase {
        case .open where !self.isReceiving || self.held != nil || self.isConsuming: self.hold(bytes)
        case .open, .awaitingClose: self.consume(bytes)
        case .closed, .discarding, .ended: break
        }
    }

    private func hold(_ bytes: ByteBuffer) {
        var held = self.held ?? ByteBuffer()
        held.writeImmutableBuffer(bytes)
        self.held = held
    }

    private func consume(_ bytes: ByteBuffer) {
        self.isConsuming = true
        let isCorked = self.loop.cork(self)
        bytes.withUnsafeReadableBytes { readable in
            // Masks are taken off in place. The memory is shared only with NIO's and the loop's pool of read buffers, or TLS's own,
            // which never look at what it holds; a mutable view of the buffer would copy it for that.
            var input = UnsafeMutableRawBufferPointer(mutating: readable)
            self.decode(&input)
            if !input.isEmpty, self.phase == .open { self.hold(ByteBuffer(bytes: input)) }
        }
        if isCorked { self.uncork() }
        self.isConsuming = false
        self.settle()
    }

    private func decode(_ input: inout UnsafeMutableRawBufferPointer) {
        do {
            while self.phase == .awaitingClose || (self.phase == .open && self.isReceiving) {
                guard let message = try self.decoder.next(&input) else { return }
                self.received(message)
            }
        } catch {
            self.fail(error)
        }
    }

    private func received(_ message: ReceivedMessage) {
        switch message {
        case .text(let bytes):
            if self.phase == .open { self.session?.received(text: bytes) }
        case .binary(let bytes):
            if self.phase == .open { self.session?.received(binary: bytes) }
        case .ping(let payload):
            if self.phase == .open { self.sendControl(.pong, payload) }
        case .pong: break
        case .close(let payload): self.receivedClose(payload)
        }
    }

    private func receivedClose(_ payload: ClosePayload) {
        if self.phase == .open {
            // RFC 6455 §5.5.1: the answer typically echoes the code.
            self.sendClose(payload.code)
            self.setDeadline(in: self.settings.closeTimeout)
            self.session?.peerClosed(code: payload.code, reason: String(decoding: payload.reason, as: UTF8.self))
            self.endSessionLater()
        }
        self.phase = .closed
    }

    /// The peer broke the protocol: RFC 6455 §7.1.7.
    private func fail(_ violation: ProtocolViolation) {
        if self.phase == .open {
            self.ending = .violation
            self.sendClose(violation.closeCode, reason: violation.reason)
            self.setDeadline(in: self.settings.closeTimeout)
            self.endSessionLater()
        }
        self.phase = .discarding
    }

    /// Goes on with what was held back, from the loop and not from inside the call that asked for it.
    private func resumeLater() {
        let connection = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.eventLoop.execute { connection.value.resume() }
    }

    private func resume() {
        guard self.phase != .ended, self.isReceiving || self.phase != .open else { return }
        if let held = self.held {
            self.held = nil
            self.take(held)
        }
        guard self.isReadWithheld, self.isReceiving || self.phase != .open else { return }
        self.isReadWithheld = false
        self.context?.read()
    }

    // MARK: - The end

    /// Does what was waiting for our last bytes to be out. Called at the end of everything that may have sent them,
    /// and never from inside a call to the port.
    private func settle() {
        guard self.loop.corked !== self, !self.queue.isBlocked, let context = self.context else { return }
        switch self.phase {
        case .closed where self.role == .server: context.close(promise: nil)
        case .discarding where !self.isOutputShut:
            // Closing now, with input unread, would make the kernel send a reset, and that can overtake our close
            // frame. The peer sees the end of our side; the socket closes when it does the same, or in time.
            self.isOutputShut = true
            context.close(mode: .output, promise: nil)
        case .open, .awaitingClose, .closed, .discarding, .ended: break
        }
    }

    private func setDeadline(in time: TimeAmount) {
        self.deadline = .now() + time
        self.loop.watch(self)
    }

    /// Lets a session go whose connection is over for it, before the socket is. A call to the port may be under way.
    private func endSessionLater() {
        let connection = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.eventLoop.execute { connection.value.endSession() }
    }

    private func endSession() {
        guard let session = self.session else { return }
        self.session = nil
        session.closed()
    }

    private func finish() {
        self.loop.remove(self)
        if self.isCounted { self.loop.gauges.openWebSockets -= 1 }
        self.endSession()
    }
}

extension WebSocketConnection: LoopConnection {
    func deadlinePassed() {
        self.deadline = nil
        self.context?.close(promise: nil)
    }

    func end(_ code: CloseCode, reason: String) { self.close(code, reason: reason) }
}

extension WebSocketConnection: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.socket = self.isEncrypted ? .none : DirectSocket(of: context.channel)
    }

    package func handlerRemoved(context: ChannelHandlerContext) { self.end() }

    package func channelInactive(context: ChannelHandlerContext) { self.end() }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        self.loop.gauges.receivedByteCount &+= UInt64(bytes.readableBytes)
        self.take(bytes)
        if !self.isEncrypted { self.loop.giveBack(bytes) }
    }

    package func read(context: ChannelHandlerContext) {
        guard self.isReceiving || self.phase != .open else {
            self.isReadWithheld = true
            return
        }
        context.read()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// The channel is gone, or this handler is: nothing may touch the socket from here on.
    private func end() {
        guard self.context != nil else { return }
        self.context = nil
        self.socket = .none
        self.phase = .ended
        self.deadline = nil
        self.held = nil
        self.queue = OutboundQueue()
        if self.isHandingOver {
            let connection = NIOLoopBound(self, eventLoop: self.eventLoop)
            self.eventLoop.execute { connection.value.finish() }
        } else {
            self.finish()
        }
    }
}
