// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import NIOCore
import NIOSSL
import WebSocketProtocol

/// The first handler of an accepted connection: reads one request head and makes way for what it asks for.
///
/// A WebSocket upgrade never sees an HTTP parser: that alone costs more than the rest of the handshake. Anything else is
/// given, with the bytes read so far, to NIO's HTTP/1 decoder and `HTTPConnection`.
/// Bounds: `maximumHeadByteCount` (431), `headDeadline` (closed without an answer).
final class RequestHeadReader: LoopConnection {
    var placeInLoop = -1
    var isSwept = false
    private(set) var deadline: NIODeadline?

    private let reception: Reception
    private var context: ChannelHandlerContext?
    private var bytes = ByteBuffer()
    private var scanner = HeadScanner()
    private var isDone = false
    private var hasFailed = false

    init(reception: Reception) { self.reception = reception }

    func deadlinePassed() {
        self.deadline = nil
        self.context?.close(promise: nil)
    }

    func end(_ code: CloseCode, reason: String) { self.context?.close(promise: nil) }

    private func scan() {
        let outcome = self.bytes.withUnsafeReadableBytes { self.scanner.scan($0) }
        switch outcome {
        case .incomplete where self.bytes.readableBytes > self.reception.configuration.maximumHeadByteCount:
            self.refuse(.text(.headersTooLarge, "request head too large"))
        case .incomplete: break
        case .complete(_, let end) where end > self.reception.configuration.maximumHeadByteCount:
            self.refuse(.text(.headersTooLarge, "request head too large"))
        case .complete(let start, let end): self.received(start: start, end: end)
        case .malformed: self.refuse(.text(.badRequest, "malformed request"))
        }
    }

    private func received(start: Int, end: Int) {
        let head = self.bytes.withUnsafeReadableBytes { MessageHead(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
        guard let context = self.context, let head, let line = head.requestLine else {
            return self.refuse(.text(.badRequest, "malformed request"))
        }
        guard Handshake.isRequested(values: { head.headers.values($0) }) else { return self.becomeHTTP() }
        let outcome = self.reception.decideUpgrade(
            method: line.method, target: line.target, minorVersion: line.minorVersion, headers: head.headers,
            peer: context.channel.peerAddress)
        switch outcome {
        case .accepted(let acceptance):
            var rest = self.bytes
            rest.moveReaderIndex(forwardBy: end)
            self.finish()
            acceptance.replace(self, in: context, reception: self.reception, received: rest)
        case .refused(let response): self.refuse(response)
        }
    }

    /// Leaves the connection to HTTP, with what has been read.
    private func becomeHTTP() {
        guard let context = self.context else { return }
        let bytes = self.bytes
        self.finish()
        do {
            let connection = HTTPConnection(reception: self.reception)
            try connection.install(after: self, in: context)
            context.fireChannelRead(NIOAny(bytes))
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    /// Answers and closes.
    private func refuse(_ response: HTTPResponse) {
        guard let context = self.context else { return }
        self.finish()
        let connection = HTTPConnection(reception: self.reception)
        do {
            try context.pipeline.syncOperations.addHandler(connection, position: .after(self))
        } catch {
            context.close(promise: nil)
            return
        }
        self.reception.loop.replace(self, by: connection)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        connection.refuse(response)
    }

    /// This handler's work is over: it holds nothing, and its deadline is gone.
    private func finish() {
        self.isDone = true
        self.deadline = nil
        self.bytes = ByteBuffer()
    }
}

extension RequestHeadReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.reception.loop.add(self)
        self.deadline = .now() + self.reception.configuration.headDeadline
        self.reception.loop.watch(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.deadline = nil
        self.reception.loop.remove(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.deadline = nil
        self.reception.loop.remove(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let read = self.unwrapInboundIn(data)
        guard !self.isDone else { return context.fireChannelRead(data) }
        self.reception.loop.gauges.receivedByteCount &+= UInt64(read.readableBytes)
        if self.bytes.capacity == 0 { self.bytes.reserveCapacity(1024) }
        self.bytes.writeImmutableBuffer(read)
        if !self.reception.isEncrypted { self.reception.loop.giveBack(read) }
        self.scan()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Half a request is all there will be.
        if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .handshakeFailed? = error as? NIOSSLError, !self.hasFailed {
            self.hasFailed = true
            self.reception.handshakeFailed(error, peer: context.channel.peerAddress)
        }
        context.close(promise: nil)
    }
}
