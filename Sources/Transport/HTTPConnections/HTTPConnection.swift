// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import NIOCore
import NIOHTTP1
import NIOSSL
import WebSocketProtocol

/// A connection that speaks HTTP/1.1: collects requests, asks the application one at a time, answers in their order.
///
/// While an answer is awaited, or earlier answers are not read, nothing more is read: a peer that pipelines without end
/// waits in its own socket.
/// A request to become a WebSocket is taken at any time, not only as the first.
/// An application may take a request in pieces (`ListenerApplication.begin`); while its answer is awaited the end of the connection is noticed.
/// Bounds and deadlines: `ListenerConfiguration`.
final class HTTPConnection: LoopConnection {
    /// A request whose body is arriving, to be given to the application as a whole.
    private struct Incoming {
        let head: HTTPRequestHead
        var request: HTTPRequest
        /// The application had the choice to take it in pieces.
        let wasOffered: Bool
    }

    /// What an answer depends on. The request itself is not kept: a polling client's waits for most of its life.
    private struct Answering {
        let isHead: Bool
        let mayKeepAlive: Bool

        init(_ head: HTTPRequestHead) {
            self.isHead = head.method == .HEAD
            // After a request with Upgrade the decoder stops, whatever became of it.
            self.mayKeepAlive = head.isKeepAlive && !head.headers.contains(name: "upgrade")
        }
    }

    /// The request that is being answered, where the application takes it in pieces.
    private struct Streamed {
        let receiver: any RequestReceiver
        var isBodyOpen: Bool
        /// An answer that waits for the end of the body.
        var early: HTTPResponse?
        var discardedByteCount = 0
    }

    /// Something to be answered, in order. Indirect, so that a place for one that may never come costs a word.
    private indirect enum Exchange {
        case request(Incoming)
        /// An answer that was settled without the application; it ends the connection.
        case refusal(HTTPResponse)
    }

    var placeInLoop = -1
    var isSwept = false
    private(set) var deadline: NIODeadline?

    private let reception: Reception
    private var context: ChannelHandlerContext?
    private var decoder: ByteToMessageHandler<HTTPRequestDecoder>?

    private var incoming: Incoming?
    private var waiting = CircularBuffer<Exchange>(initialCapacity: 1)
    /// The request that the application is answering.
    private var answering: Answering?
    private var streamed: Streamed?
    /// Counts requests given to the application, so that a second answer to one is told apart.
    private var requestNumber: UInt64 = 0
    private var owesContinue = false
    private var isRunning = false
    private var isReadWithheld = false
    /// The peer will send nothing more.
    private var isInputClosed = false
    /// After the requests begun so far the connection ends.
    private var isEnding = false
    private var hasRefused = false
    /// Nothing is taken any more: the last answer is written, or about to be.
    private var isLeaving = false

    init(reception: Reception) { self.reception = reception }

    /// Takes the place of `old` in the pipeline, behind a decoder of its own.
    func install(after old: RequestHeadReader, in context: ChannelHandlerContext) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = self.reception.configuration.maximumHeadByteCount
        limits.maxHeaderListSize = self.reception.configuration.maximumHeadByteCount
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
        if !self.reception.isEncrypted {
            try context.channel.syncOptions?.setOption(.recvAllocator, value: FreshReadBuffers())
        }
        try context.pipeline.syncOperations.addHandler(decoder, position: .after(old))
        try context.pipeline.syncOperations.addHandler(self, position: .after(decoder))
        self.decoder = decoder
        self.reception.loop.replace(old, by: self)
        self.setDeadline(in: self.reception.configuration.idleTimeout)
    }

    /// Answers behind what is being answered, and closes.
    func refuse(_ response: HTTPResponse) {
        guard !self.hasRefused, !self.isLeaving else { return }
        self.hasRefused = true
        self.isEnding = true
        self.incoming = nil
        self.owesContinue = false
        if self.isBodyOpen { self.abort() }
        self.waiting.append(.refusal(response))
        self.run()
    }

    func deadlinePassed() {
        self.deadline = nil
        if self.isLeaving {
            self.context?.close(promise: nil)
        } else if self.answering != nil, !self.isBodyOpen {
            self.answer(.text(.serviceUnavailable, "no answer in time"), closing: true)
        } else if self.incoming != nil || self.isBodyOpen {
            self.refuse(.text(.requestTimeout, "request body not received in time"))
        } else {
            self.context?.close(promise: nil)
        }
    }

    func end(_ code: CloseCode, reason: String) {
        self.isEnding = true
        guard self.answering == nil, self.waiting.isEmpty, self.incoming == nil, !self.isLeaving else { return }
        self.context?.close(promise: nil)
    }

    private func setDeadline(in time: TimeAmount) {
        self.deadline = .now() + time
        self.reception.loop.watch(self)
    }

    // MARK: - Requests

    private func received(_ part: HTTPServerRequestPart) {
        guard !self.isLeaving else { return }
        switch part {
        case .head(let head):
            if !self.isEnding { self.begin(head) }
        case .body(let body):
            guard !self.isBodyOpen else { return self.receivedStreamed(body) }
            guard let received = self.incoming?.request.body.readableBytes else { return }
            guard received + body.readableBytes <= self.reception.configuration.maximumBodyByteCount else {
                return self.refuse(.text(.contentTooLarge, "request body too large"))
            }
            self.incoming?.request.body.writeImmutableBuffer(body)
        case .end:
            guard !self.isBodyOpen else { return self.finishStreamed() }
            guard let incoming = self.incoming else { return }
            self.incoming = nil
            self.owesContinue = false
            self.waiting.append(.request(incoming))
            self.run()
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        if let expectation = head.headers.first(name: "expect") {
            guard expectation.lowercased() == "100-continue" else {
                return self.refuse(.text(.expectationFailed, "unknown expectation"))
            }
            self.owesContinue = head.version == .http1_1
        }
        let request = self.request(head)
        let mayOffer = self.answering == nil && self.waiting.isEmpty && !head.headers.contains(name: "upgrade")
        if mayOffer, self.offer(head, request) { return }
        let limit = self.reception.configuration.maximumBodyByteCount
        if let length = head.headers.first(name: "content-length"), Int(length).map({ $0 > limit }) ?? true {
            return self.refuse(.text(.contentTooLarge, "request body too large"))
        }
        self.incoming = Incoming(head: head, request: request, wasOffered: mayOffer)
        if self.answering == nil { self.setDeadline(in: self.reception.configuration.bodyDeadline) }
        self.continueIfOwed()
    }

    /// Tells a client that waits for it to send its body, once earlier requests are answered (RFC 9110 §10.1.1).
    private func continueIfOwed() {
        guard self.owesContinue, self.answering == nil, self.waiting.isEmpty else { return }
        self.owesContinue = false
        self.write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
        self.context?.flush()
    }

    /// Works through what waits until an answer has to be awaited. Not recursive: a thousand pipelined requests that are
    /// answered at once are a loop, not a stack.
    private func run() {
        guard !self.isRunning else { return }
        self.isRunning = true
        while self.answering == nil, !self.isLeaving, self.isWritable, let exchange = self.waiting.popFirst() {
            switch exchange {
            case .refusal(let response):
                self.write(
                    self.reception.responseWriter.bytes(of: response, isHead: false, keepsAlive: false))
                self.leave()
            case .request(let incoming) where self.isUpgrade(incoming.head): self.upgrade(incoming.head)
            case .request(let incoming): self.ask(incoming)
            }
        }
        self.isRunning = false
        self.context?.flush()
        guard self.answering == nil, self.waiting.isEmpty, !self.isLeaving else { return }
        if self.isInputClosed || (self.isEnding && self.incoming == nil) { return self.leave() }
        self.continueIfOwed()
        guard self.isReadWithheld else { return }
        self.isReadWithheld = false
        self.context?.read()
    }

    /// Whether earlier answers are mostly on their way.
    private var isWritable: Bool { self.context?.channel.isWritable ?? false }

    /// The request without its body.
    private func request(_ head: HTTPRequestHead) -> HTTPRequest {
        let headers = Self.headers(of: head)
        let source = self.reception.source(peer: self.context?.channel.peerAddress ?? "", headers: headers)
        return HTTPRequest(
            method: HTTP.HTTPMethod(rawValue: head.method.rawValue), target: head.uri, headers: headers,
            remoteAddress: source.address, isForwarded: source.isForwarded, isSecure: source.isSecure,
            eventLoop: self.reception.loop.eventLoop)
    }

    private func ask(_ incoming: Incoming) {
        if !incoming.wasOffered, self.offer(incoming.head, incoming.request) {
            if self.isBodyOpen { self.receivedStreamed(incoming.request.body) }
            if self.isBodyOpen { self.finishStreamed() }
            return
        }
        let eventLoop = self.reception.loop.eventLoop
        self.answering = Answering(incoming.head)
        self.requestNumber += 1
        self.setDeadline(in: self.reception.configuration.responseDeadline)
        let number = self.requestNumber
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        self.reception.application.respond(to: incoming.request, on: eventLoop) { response in
            if eventLoop.inEventLoop {
                connection.value.answered(number, response)
            } else {
                eventLoop.execute { connection.value.answered(number, response) }
            }
        }
    }

    private func answered(_ number: UInt64, _ response: HTTPResponse) {
        guard number == self.requestNumber else { return }
        self.answer(response, closing: response.closesConnection)
    }

    private func answer(_ response: HTTPResponse, closing: Bool) {
        guard let request = self.answering, self.context != nil else { return }
        self.answering = nil
        self.streamed = nil
        let isLast = self.isEnding && self.waiting.isEmpty && self.incoming == nil
        let keepsAlive = request.mayKeepAlive && !closing && !isLast
        self.write(
            self.reception.responseWriter.bytes(
                of: response, isHead: request.isHead, keepsAlive: keepsAlive))
        if keepsAlive {
            self.setDeadline(
                in: self.incoming == nil
                    ? self.reception.configuration.idleTimeout : self.reception.configuration.bodyDeadline)
        } else {
            self.leave()
        }
        self.run()
    }

    private static func headers(of head: HTTPRequestHead) -> HTTP.HTTPHeaders {
        HTTP.HTTPHeaders(head.headers.map { (name: $0.name, value: $0.value) })
    }

    // MARK: - Requests in pieces

    private var isBodyOpen: Bool { self.streamed?.isBodyOpen ?? false }

    /// Lets the application take a request in pieces. Earlier ones are answered.
    ///
    /// - Returns: false when it wants the request whole.
    private func offer(_ head: HTTPRequestHead, _ request: HTTPRequest) -> Bool {
        self.requestNumber += 1
        let number = self.requestNumber
        // The answer may come before the receiver is known.
        var immediate: HTTPResponse?
        let answer = RequestAnswer { [self] response in
            if self.requestNumber == number, self.streamed == nil, self.answering == nil {
                immediate = response
            } else {
                self.answeredStreamed(number, response)
            }
        }
        guard
            let receiver = self.reception.application.begin(request, on: self.reception.loop.eventLoop, answer)
        else { return false }
        let hasBody =
            head.headers.contains(name: "transfer-encoding")
            || head.headers.first(name: "content-length").map { $0 != "0" } ?? false
        self.answering = Answering(head)
        self.streamed = Streamed(receiver: receiver, isBodyOpen: hasBody)
        if hasBody { self.setDeadline(in: self.reception.configuration.bodyDeadline) } else { self.deadline = nil }
        if let immediate {
            self.answeredStreamed(number, immediate)
        } else if !hasBody {
            receiver.finished()
        } else if self.owesContinue {
            self.write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
            self.context?.flush()
        }
        self.owesContinue = false
        return true
    }

    private func receivedStreamed(_ part: ByteBuffer) {
        guard let streamed = self.streamed else { return }
        guard let early = streamed.early else { return streamed.receiver.received(part) }
        let count = streamed.discardedByteCount + part.readableBytes
        self.streamed?.discardedByteCount = count
        if count > self.reception.configuration.maximumBodyByteCount { self.answer(early, closing: true) }
    }

    private func finishStreamed() {
        guard let streamed = self.streamed else { return }
        self.streamed?.isBodyOpen = false
        self.deadline = nil
        if let early = streamed.early {
            self.answer(early, closing: false)
        } else {
            streamed.receiver.finished()
        }
    }

    private func answeredStreamed(_ number: UInt64, _ response: HTTPResponse) {
        guard number == self.requestNumber, self.streamed != nil else { return }
        if self.isBodyOpen, !response.closesConnection {
            self.streamed?.early = response
        } else {
            self.answer(response, closing: response.closesConnection)
        }
    }

    /// Tells the receiver that nobody waits for its answer any more.
    private func abort() {
        guard let streamed = self.streamed else { return }
        self.streamed = nil
        self.answering = nil
        if streamed.early == nil { streamed.receiver.aborted() }
    }

    // MARK: - Upgrades

    private func isUpgrade(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains(name: "upgrade") && Handshake.isRequested { head.headers[$0] }
    }

    private func upgrade(_ head: HTTPRequestHead) {
        guard let context = self.context else { return }
        let outcome = self.reception.decideUpgrade(
            method: head.method.rawValue, target: head.uri, minorVersion: head.version.minor,
            headers: Self.headers(of: head), peer: context.channel.peerAddress)
        switch outcome {
        case .refused(let response):
            self.write(self.reception.responseWriter.bytes(of: response, isHead: false, keepsAlive: false))
            self.leave()
        case .accepted(let acceptance):
            self.isLeaving = true
            self.deadline = nil
            let decoder = self.decoder
            self.decoder = nil
            // Earlier answers go first; then the connection writes past NIO, which must have nothing queued by then.
            context.flush()
            if !self.reception.isEncrypted {
                try? context.channel.syncOptions?.setOption(
                    .recvAllocator, value: SharedReadBuffers(self.reception.loopBox, hasRead: true))
            }
            acceptance.replace(self, in: context, reception: self.reception, received: ByteBuffer())
            // It gives what it has read beyond the request to the WebSocket when it goes, in the loop's next turn.
            if let decoder { context.pipeline.syncOperations.removeHandler(decoder, promise: nil) }
        }
    }

    // MARK: - The end

    private func write(_ bytes: ByteBuffer) {
        let loop = self.reception.loop
        loop.gauges.sentByteCount &+= UInt64(bytes.readableBytes)
        self.context?.write(NIOAny(bytes), promise: nil)
    }

    /// Ends the connection behind what was written.
    ///
    /// Our side is shut and the peer's is read on, thrown away, until it ends or a few seconds have passed: closing a
    /// socket with unread input resets it, and the reset can overtake the answer.
    private func leave() {
        guard !self.isLeaving, let context = self.context else { return }
        self.isLeaving = true
        self.incoming = nil
        self.waiting.removeAll()
        context.flush()
        guard !self.isInputClosed else { return context.close(promise: nil) }
        self.setDeadline(in: .seconds(5))
        context.close(mode: .output, promise: nil)
        if self.isReadWithheld {
            self.isReadWithheld = false
            context.read()
        }
    }
}

extension HTTPConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.ended() }

    func channelInactive(context: ChannelHandlerContext) { self.ended() }

    private func ended() {
        self.context = nil
        self.deadline = nil
        self.abort()
        self.answering = nil
        self.incoming = nil
        self.waiting.removeAll()
        self.decoder = nil
        self.reception.loop.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Without a decoder in front, after `refuse`, these are bytes; then this is true. A request that has begun goes on.
        guard !self.isLeaving, !self.isEnding || self.incoming != nil || self.isBodyOpen else { return }
        self.received(self.unwrapInboundIn(data))
    }

    func read(context: ChannelHandlerContext) {
        guard self.isLeaving || self.isBodyOpen || (self.answering == nil && self.waiting.isEmpty) else {
            self.isReadWithheld = true
            return
        }
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.run() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else { return }
        self.isInputClosed = true
        if self.streamed != nil {
            self.abort()
            self.waiting.removeAll()
        }
        if self.isLeaving || (self.answering == nil && self.waiting.isEmpty) { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The peer closed without a word of TLS: the same as closing its side, which is told next.
        if case .uncleanShutdown? = error as? NIOSSLError { return }
        guard let error = error as? HTTPParserError else {
            // NIO's decoder complains so about bytes after an error of the protocol, which is answered already.
            if !(error is ByteToMessageDecoderError) { context.close(promise: nil) }
            return
        }
        guard !self.isInputClosed else { return }
        let isTooLarge = error == .headerOverflow
        self.refuse(
            isTooLarge
                ? .text(.headersTooLarge, "request head too large") : .text(.badRequest, "malformed request"))
    }
}
