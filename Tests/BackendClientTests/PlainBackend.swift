// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Synchronization

/// A server that writes what it is told to, whether that is HTTP or not. The text `PORT` becomes five digits: the port that the request came from.
final class PlainBackend: Sendable {
    /// The text for a request's target; `nil`: nothing, `""`: the connection ends.
    typealias Answer = @Sendable (String) -> String?

    static let answer = answer(header: "")

    static func answer(header: String) -> String { "HTTP/1.1 200 OK\r\n\(header)Content-Length: 5\r\n\r\nPORT" }

    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup
    private let counts: Counts

    var port: Int { self.channel.localAddress?.port ?? 0 }

    private init(_ channel: any Channel, _ group: MultiThreadedEventLoopGroup, _ counts: Counts) {
        self.channel = channel
        self.group = group
        self.counts = counts
    }

    static func start(port: Int = 0, _ answer: @escaping Answer) async throws -> PlainBackend {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let counts = Counts()
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(answer, counts))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return PlainBackend(channel, group, counts)
    }

    func stop() async throws { try await self.group.shutdownGracefully() }

    func untilSomebodyIsConnected() async throws {
        while self.counts.requests.load(ordering: .relaxed) == 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    func untilNobodyIsConnected() async throws {
        while self.counts.open.load(ordering: .relaxed) > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    private final class Counts: Sendable {
        let open = Atomic(0)
        let requests = Atomic(0)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: Answer
        private let counts: Counts

        init(_ answer: @escaping Answer, _ counts: Counts) {
            self.answer = answer
            self.counts = counts
        }

        func channelActive(context: ChannelHandlerContext) { self.counts.open.add(1, ordering: .relaxed) }

        func channelInactive(context: ChannelHandlerContext) { self.counts.open.subtract(1, ordering: .relaxed) }

        /// Requests of these tests come in one piece.
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.counts.requests.add(1, ordering: .relaxed)
            let text = String(buffer: self.unwrapInboundIn(data))
            let target = text.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            guard let answer = self.answer(target) else { return }
            guard !answer.isEmpty else { return context.close(promise: nil) }
            let port = "\((context.remoteAddress?.port ?? 0) + 100_000)".suffix(5)
            let bytes = answer.replacing("PORT", with: port)
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
            if answer.contains("half") || answer.contains("Connection: close") { context.close(promise: nil) }
        }
    }
}
