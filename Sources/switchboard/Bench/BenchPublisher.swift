// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix

/// Publishes to the admin API over one keep-alive connection, without waiting for one answer before the next request.
/// Owned by its loop.
final class BenchPublisher: BenchLoad, ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private(set) var sent: UInt32 = 0
    private(set) var answered: UInt32 = 0
    private(set) var refused: UInt32 = 0
    /// What the server says that it handed to connections.
    private(set) var expected: UInt64 = 0
    private(set) var firstRefusal: String?

    private let host: String
    private let path: String
    private let key: String
    /// The request's body around the mark.
    private let (before, after): (String, String)
    private var context: ChannelHandlerContext?
    private var body = ByteBuffer()
    private var status = 200
    var onAnswer: () -> Void = {}

    init(host: String, path: String, key: String, body: (before: String, after: String)) {
        self.host = host
        self.path = path
        self.key = key
        (self.before, self.after) = body
    }

    func send(dueAt nanoseconds: UInt64) {
        guard let context = self.context else { return }
        let text = self.before + BenchMark.text(dueAt: nanoseconds, number: self.sent) + self.after
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: self.path)
        head.headers = [
            "Host": self.host, "Authorization": "Bearer \(self.key)", "Content-Type": "application/json",
            "Content-Length": "\(text.utf8.count)",
        ]
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        self.sent += 1
    }

    func channelActive(context: ChannelHandlerContext) { self.context = context }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.context = context }
    }

    func channelInactive(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.status = Int(head.status.code)
            self.body.clear()
        case .body(let part): self.body.writeImmutableBuffer(part)
        case .end:
            self.answered += 1
            self.read(Array(self.body.readableBytesView))
            self.onAnswer()
        }
    }

    private func read(_ answer: [UInt8]) {
        guard self.status == 200, let root = try? JSONDocument(parsing: answer).root else {
            self.refused += 1
            self.firstRefusal = self.firstRefusal ?? AdminClient.refusal(self.status, answer)
            return
        }
        self.expected += UInt64(root["receivers"]?.int ?? 0)
    }
}
