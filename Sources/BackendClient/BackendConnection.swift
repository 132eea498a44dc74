// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import NIOHTTP1
import NIOTLS

/// One connection to a backend: a request at a time, and none into a connection that is to end. Owned by its event loop.
final class BackendConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    let origin: String
    var idleUntil = NIODeadline.now()
    private let pool: BackendPool
    private var context: ChannelHandlerContext?
    /// The request waits until the connection is encrypted.
    private var isEstablished: Bool
    private var exchange: BackendExchange?
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()

    init(_ pool: BackendPool, origin: String, isEncrypted: Bool) {
        self.pool = pool
        self.origin = origin
        self.isEstablished = !isEncrypted
    }

    var isIdle: Bool { self.exchange == nil }
    var isUsable: Bool { self.context?.channel.isActive == true && self.idleUntil > .now() }

    // MARK: Requests

    func begin(_ exchange: BackendExchange) {
        guard !exchange.isOver else { return self.pool.giveBack(self, for: nil) }
        guard let context = self.context, context.channel.isActive else {
            return exchange.end(.failure(.unreachable("the connection was closed at once")))
        }
        self.exchange = exchange
        exchange.connection = self
        if self.isEstablished { self.write(exchange.request, context) }
    }

    private func write(_ request: BackendRequest, _ context: ChannelHandlerContext) {
        var head = HTTPRequestHead(
            version: .http1_1, method: .init(rawValue: request.method.rawValue), uri: request.address.target)
        head.headers.add(name: "Host", value: request.address.authority)
        for field in request.headers { head.headers.add(name: field.name, value: field.value) }
        if let body = request.body { head.headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)") }
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        if let body = request.body { context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenFailure { connection.value.fail(.broken(BackendFault.reason($0))) }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: written)
    }

    /// - Parameter fault: what the request is told that is under way; `nil`: nothing more.
    func close(_ fault: BackendFault?) {
        let exchange = self.exchange
        self.exchange = nil
        self.context?.close(mode: .all, promise: nil)
        if let fault { exchange?.end(.failure(fault)) }
    }

    private func fail(_ fault: BackendFault) { self.close(self.isEstablished ? fault : .unreachable(fault.reason)) }

    // MARK: Answers

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let exchange = self.exchange else { return self.close(nil) }
        switch self.unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part):
            guard self.body.readableBytes + part.readableBytes <= exchange.request.maximumAnswerByteCount else {
                return self.close(.tooLong(limit: exchange.request.maximumAnswerByteCount))
            }
            self.body.writeImmutableBuffer(part)
        case .end: self.finish(exchange)
        }
    }

    private func finish(_ exchange: BackendExchange) {
        guard let head = self.head else { return }
        let headers = HTTP.HTTPHeaders(head.headers.map { (name: $0.name, value: $0.value) })
        let response = HTTPResponse(HTTPStatus(Int(head.status.code)), headers: headers, body: self.body)
        self.head = nil
        self.body = ByteBuffer()
        self.exchange = nil
        if head.isKeepAlive && self.context?.channel.isActive == true {
            self.pool.giveBack(self, for: Self.idleTime(headers))
        } else {
            self.close(nil)
        }
        exchange.end(.success(response))
    }

    /// A second less than the server says that it keeps an idle connection (`Keep-Alive: timeout=5`).
    private static func idleTime(_ headers: HTTP.HTTPHeaders) -> TimeAmount? {
        guard let text = headers["Keep-Alive"] else { return nil }
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix { $0 == " " } }
            if pair.count == 2, pair[0] == "timeout", let seconds = Int64(pair[1]), (0...3600).contains(seconds) {
                return .seconds(seconds - 1)
            }
        }
        return nil
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        self.pool.opened(self)
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, !self.isEstablished {
            self.isEstablished = true
            if let exchange = self.exchange { self.write(exchange.request, context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.fail(.broken(BackendFault.reason(error)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.pool.closed(self)
        self.fail(.broken("it ended before the answer did"))
        context.fireChannelInactive()
    }
}

@available(*, unavailable)
extension BackendConnection: Sendable {}
