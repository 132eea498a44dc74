// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Synchronization

/// Stands between clients and a server, and can cut their connections or let them fall silent.
final class Relay: Sendable {
    /// Passes on what one socket reads to the other. Owned by its loop.
    private final class Pipe: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        let relay: Relay
        var peer: (any Channel)?
        private var waiting: [ByteBuffer] = []

        init(_ relay: Relay) { self.relay = relay }

        func connect(to peer: any Channel) {
            self.peer = peer
            for bytes in self.waiting { peer.writeAndFlush(bytes, promise: nil) }
            self.waiting = []
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = self.unwrapInboundIn(data)
            guard !self.relay.isSilent else { return }
            if let peer = self.peer { peer.writeAndFlush(bytes, promise: nil) } else { self.waiting.append(bytes) }
        }

        func channelInactive(context: ChannelHandlerContext) { self.peer?.close(promise: nil) }
    }

    private struct State {
        var isSilent = false
        var isRefusing = false
        var channels: [ObjectIdentifier: any Channel] = [:]
        var acceptedCount = 0
        var listener: (any Channel)?
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state = Mutex(State())

    /// - Parameter port: where the server is.
    static func start(to port: Int) async throws -> Relay {
        let relay = Relay()
        let listener = try await ServerBootstrap(group: relay.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try relay.accept(channel, port: port) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        relay.state.withLock { $0.listener = listener }
        return relay
    }

    var port: Int { self.state.withLock { $0.listener?.localAddress?.port ?? 0 } }
    var acceptedCount: Int { self.state.withLock { $0.acceptedCount } }

    /// What is read is thrown away, as if the network had gone without a word.
    var isSilent: Bool {
        get { self.state.withLock { $0.isSilent } }
        set { self.state.withLock { $0.isSilent = newValue } }
    }

    /// New connections are closed at once.
    var isRefusing: Bool {
        get { self.state.withLock { $0.isRefusing } }
        set { self.state.withLock { $0.isRefusing = newValue } }
    }

    /// Ends every connection without a word of WebSocket.
    func cut() {
        let channels = self.state.withLock { state in
            defer { state.channels = [:] }
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    func stop() async {
        self.cut()
        try? await self.group.shutdownGracefully()
    }

    private func accept(_ channel: any Channel, port: Int) throws {
        let isRefusing = self.state.withLock { state in
            state.acceptedCount += 1
            if !state.isRefusing { state.channels[ObjectIdentifier(channel)] = channel }
            return state.isRefusing
        }
        guard !isRefusing else { return channel.close(promise: nil) }
        let inbound = Pipe(self)
        try channel.pipeline.syncOperations.addHandler(inbound)
        let bound = NIOLoopBound(inbound, eventLoop: channel.eventLoop)
        ClientBootstrap(group: channel.eventLoop)
            .channelInitializer { outer in
                outer.eventLoop.makeCompletedFuture {
                    let outbound = Pipe(self)
                    outbound.peer = channel
                    try outer.pipeline.syncOperations.addHandler(outbound)
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .whenComplete { result in
                switch result {
                case .success(let outer): bound.value.connect(to: outer)
                case .failure: channel.close(promise: nil)
                }
            }
    }
}
