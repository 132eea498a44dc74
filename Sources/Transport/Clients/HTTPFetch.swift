// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP
package import NIOCore
import NIOHTTP1
import NIOPosix

/// One GET on a connection of its own: for asking a backend in the same network. No TLS, no proxies; a redirect is an answer
/// like any other.
package enum HTTPFetch {
    /// - Parameters:
    ///   - headers: sent along. One that could not be written on the wire fails the request.
    ///   - deadline: for everything, from finding the host to the last byte of the answer.
    ///   - maximumBodyByteCount: a longer answer is not read to its end.
    /// - Returns: the answer, on `eventLoop`; it fails with ``HTTPFetchFault`` or with what NIO throws.
    package static func get(
        _ address: HTTPAddress,
        headers: HTTP.HTTPHeaders = HTTP.HTTPHeaders(),
        deadline: NIODeadline,
        maximumBodyByteCount: Int,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPResponse> {
        let promise = eventLoop.makePromise(of: HTTPResponse.self)
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: address.target)
        head.headers.add(name: "Host", value: address.authority)
        head.headers.add(name: "Connection", value: "close")
        for field in headers { head.headers.add(name: field.name, value: field.value) }
        let request = head
        let timer = eventLoop.scheduleTask(deadline: deadline) { promise.fail(HTTPFetchFault.late) }
        ClientBootstrap(group: eventLoop)
            .connectTimeout(max(deadline - .now(), .milliseconds(1)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(
                        HTTPAnswerReader(request, maximumBodyByteCount: maximumBodyByteCount, promise: promise))
                }
            }
            .connect(host: address.host, port: address.port)
            .whenComplete { result in
                switch result {
                case .failure(let error): promise.fail(error)
                // Whatever ends the request ends its connection.
                case .success(let channel):
                    promise.futureResult.whenComplete { _ in channel.close(mode: .all, promise: nil) }
                }
            }
        promise.futureResult.whenComplete { _ in timer.cancel() }
        return promise.futureResult
    }
}

/// Why an answer was not taken.
package enum HTTPFetchFault: Error, CustomStringConvertible {
    case late, tooLong, cutOff

    package var description: String {
        switch self {
        case .late: "no whole answer in time"
        case .tooLong: "the answer is too long"
        case .cutOff: "the connection ended before the answer did"
        }
    }
}

/// Sends one request and collects its answer. Keeps its promise once; later outcomes are ignored.
private final class HTTPAnswerReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let maximumBodyByteCount: Int
    private let promise: EventLoopPromise<HTTPResponse>
    private var status = HTTPStatus(500)
    private var headers = HTTP.HTTPHeaders()
    private var body = ByteBuffer()

    init(_ request: HTTPRequestHead, maximumBodyByteCount: Int, promise: EventLoopPromise<HTTPResponse>) {
        self.request = request
        self.maximumBodyByteCount = maximumBodyByteCount
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(self.wrapOutboundOut(.head(self.request)), promise: nil)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.cascadeFailure(to: self.promise)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: written)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.status = HTTPStatus(Int(head.status.code))
            for field in head.headers { self.headers.append(field.name, field.value) }
        case .body(let part):
            guard self.body.readableBytes + part.readableBytes <= self.maximumBodyByteCount else {
                return self.promise.fail(HTTPFetchFault.tooLong)
            }
            self.body.writeImmutableBuffer(part)
        case .end: self.promise.succeed(HTTPResponse(self.status, headers: self.headers, body: self.body))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.promise.fail(HTTPFetchFault.cutOff)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.promise.fail(error) }
}
