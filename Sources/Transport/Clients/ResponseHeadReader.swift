// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import NIOCore
import WebSocketProtocol

/// A client's handshake: sends the request, reads the response's head, and makes way for a WebSocket.
///
/// Bounds: 16 KiB of head, and the connector's timeout. Completes its promise exactly once.
final class ResponseHeadReader: LoopConnection {
    private static let maximumHeadByteCount = 16 * 1024

    var placeInLoop = -1
    var isSwept = false
    private(set) var deadline: NIODeadline?

    private let loop: ConnectionLoop
    private let address: WebSocketAddress
    private let settings: WebSocketSettings
    private let timeout: TimeAmount
    private let makeSession: WebSocketDialer.MakeSession
    private var promise: EventLoopPromise<WebSocketClient>?
    private var context: ChannelHandlerContext?
    private let key: String
    private var wasConnected = false
    private var bytes = ByteBuffer()
    private var scanner = HeadScanner()

    init(
        loop: ConnectionLoop, address: WebSocketAddress, settings: WebSocketSettings, timeout: TimeAmount,
        makeSession: @escaping WebSocketDialer.MakeSession, promise: EventLoopPromise<WebSocketClient>
    ) {
        self.loop = loop
        self.address = address
        self.settings = settings
        self.timeout = timeout
        self.makeSession = makeSession
        self.promise = promise
        var generator = SystemRandomNumberGenerator()
        self.key = Handshake.makeKey(using: &generator)
    }

    func deadlinePassed() {
        self.deadline = nil
        self.fail(HandshakeFault(status: 0, message: "the server did not answer in time"))
    }

    func end(_ code: CloseCode, reason: String) { self.fail(ChannelError.ioOnClosedChannel) }

    private var isEncrypted: Bool { self.address.trust != nil }

    private func received() throws(HandshakeFault) {
        let outcome = self.bytes.withUnsafeReadableBytes { self.scanner.scan($0) }
        switch outcome {
        case .incomplete:
            guard self.bytes.readableBytes <= Self.maximumHeadByteCount else {
                throw HandshakeFault(status: 0, message: "the server's response head is too large")
            }
        case .malformed: throw HandshakeFault(status: 0, message: "the server does not speak HTTP")
        case .complete(let start, let end):
            let head = self.bytes.withUnsafeReadableBytes {
                MessageHead(UnsafeRawBufferPointer(rebasing: $0[start..<end]))
            }
            guard let head, let status = head.status else {
                throw HandshakeFault(status: 0, message: "the server does not speak HTTP")
            }
            try Handshake.checkResponse(status: status, key: self.key) { head.headers.values($0) }
            self.bytes.moveReaderIndex(forwardBy: end)
            self.becomeWebSocket()
        }
    }

    private func becomeWebSocket() {
        guard let context = self.context, let promise = self.promise else { return }
        self.promise = nil
        self.deadline = nil
        let connection = WebSocketConnection(
            loop: self.loop, settings: self.settings, role: .client, isEncrypted: self.isEncrypted)
        do {
            try context.pipeline.syncOperations.addHandler(connection, position: .after(self))
        } catch {
            promise.fail(error)
            context.close(promise: nil)
            return
        }
        self.loop.replace(self, by: connection)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        connection.start(opening: ByteBuffer(), received: self.bytes, makeSession: self.makeSession)
        promise.succeed(WebSocketClient(connection))
    }

    private func fail(_ error: any Error) {
        self.deadline = nil
        self.promise?.fail(error)
        self.promise = nil
        self.context?.close(promise: nil)
    }
}

extension ResponseHeadReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        // One of several addresses was tried in vain: whoever connects knows why, and may try the next.
        if !self.wasConnected { self.promise = nil }
        self.fail(ChannelError.eof)
        self.loop.remove(self)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.wasConnected = true
        do {
            let headers = self.address.headers.map { (name: $0.name, value: $0.value) }
            let request = try Handshake.request(
                host: self.address.authority, target: self.address.target, key: self.key, headers: headers)
            self.deadline = .now() + self.timeout
            self.loop.watch(self)
            context.writeAndFlush(NIOAny(ByteBuffer(string: request)), promise: nil)
        } catch {
            self.fail(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(HandshakeFault(status: 0, message: "the server closed the connection during the handshake"))
        self.loop.remove(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let read = self.unwrapInboundIn(data)
        guard self.promise != nil else { return }
        self.loop.gauges.receivedByteCount &+= UInt64(read.readableBytes)
        self.bytes.writeImmutableBuffer(read)
        if !self.isEncrypted { self.loop.giveBack(read) }
        do throws(HandshakeFault) {
            try self.received()
        } catch {
            self.fail(error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.wasConnected { self.fail(error) }
    }
}
