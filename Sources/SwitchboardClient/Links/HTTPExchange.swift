// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import NIOPosix
import Transport

/// One keep-alive connection that asks one thing after the other. Owned by its event loop.
final class HTTPExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    struct Answer {
        var status: Int
        var body: ByteBuffer
    }

    private let host: String
    private let headers: [(name: String, value: String)]
    private let maximumByteCount: Int
    private var context: ChannelHandlerContext?
    private var answer = Answer(status: 0, body: ByteBuffer())
    private var onAnswer: ((Answer?) -> Void)?

    private init(_ address: WebSocketAddress, maximumByteCount: Int) {
        self.maximumByteCount = maximumByteCount
        self.host = address.authority
        self.headers = address.headers.map { ($0.name, $0.value) }
    }

    /// - Parameters:
    ///   - maximumByteCount: of an answer's body; a larger one ends the connection.
    ///   - opening: gets the channel of each address that is tried, on its loop, before it connects.
    static func connect(
        to address: WebSocketAddress, on loop: any EventLoop, timeout: TimeAmount, maximumByteCount: Int,
        opening: (@Sendable (any Channel) -> Void)?
    ) -> EventLoopFuture<NIOLoopBound<HTTPExchange>> {
        loop.flatSubmit {
            let exchange = NIOLoopBound(
                HTTPExchange(address, maximumByteCount: maximumByteCount), eventLoop: loop)
            return ClientBootstrap(group: loop)
                .connectTimeout(timeout)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try address.encrypt(channel)
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(exchange.value)
                        opening?(channel)
                    }
                }
                .connect(host: address.host, port: address.port)
                .map { _ in exchange }
        }
    }

    /// Asks; not before the last answer has come.
    ///
    /// - Parameter onAnswer: `nil` when the connection ended instead.
    func ask(_ target: String, posting body: String? = nil, onAnswer: @escaping (Answer?) -> Void) {
        guard let context = self.context else { return onAnswer(nil) }
        self.onAnswer = onAnswer
        var head = HTTPRequestHead(version: .http1_1, method: body == nil ? .GET : .POST, uri: target)
        head.headers.add(name: "Host", value: self.host)
        for header in self.headers { head.headers.add(name: header.name, value: header.value) }
        if let body {
            head.headers.add(name: "Content-Type", value: "text/plain;charset=UTF-8")
            head.headers.add(name: "Content-Length", value: "\(body.utf8.count)")
        }
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        if let body { context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil) }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func close() { self.context?.close(promise: nil) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        self.finish(nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head): self.answer = Answer(status: Int(head.status.code), body: ByteBuffer())
        case .body(let part):
            guard part.readableBytes <= self.maximumByteCount - self.answer.body.readableBytes else {
                self.answer.body = ByteBuffer()
                return context.close(promise: nil)
            }
            self.answer.body.writeImmutableBuffer(part)
        case .end: self.finish(self.answer)
        }
    }

    private func finish(_ answer: Answer?) {
        let onAnswer = self.onAnswer
        self.onAnswer = nil
        onAnswer?(answer)
    }
}
