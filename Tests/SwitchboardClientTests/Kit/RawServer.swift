// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

/// Answers whatever comes first with bytes, and closes.
final class RawServer: Sendable {
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let bytes: [UInt8]

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let channel = context.channel
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.bytes)))
                .whenComplete { _ in channel.close(promise: nil) }
        }
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let port: Int

    static func start(answering bytes: [UInt8]) async throws -> RawServer { try await RawServer(bytes) }

    private init(_ bytes: [UInt8]) async throws {
        let listener = try await ServerBootstrap(group: self.group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(bytes)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = listener.localAddress?.port ?? 0
    }

    func stop() async { try? await self.group.shutdownGracefully() }
}
