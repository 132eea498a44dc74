// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections
package import NIOCore
import NIOPosix
import WebSocketProtocol

/// Makes WebSocket connections to servers, any number of them, over `ws://` and `wss://`.
///
/// A connection costs as much memory as one that was accepted, so one process can hold ten thousand. No
/// redirects, no proxies.
package final class WebSocketDialer: Sendable {
    /// Makes the session of a connection, on its loop, when the handshake is done. May be called on any of the
    /// group's loops.
    package typealias MakeSession = @Sendable (any OutboundPort) -> any ConnectionSession

    private let group: any EventLoopGroup
    private let loops: ConnectionLoops

    /// - Parameter group: whose loops carry the connections; outlives the dialer.
    package init(group: any EventLoopGroup) async throws {
        ProcessLimits.ignoreBrokenPipes()
        self.group = group
        self.loops = try await ConnectionLoops.make(on: group, sweepInterval: .seconds(1))
    }

    /// A dialer whose connections are all on one loop.
    package static func make(on eventLoop: any EventLoop) -> EventLoopFuture<WebSocketDialer> {
        ProcessLimits.ignoreBrokenPipes()
        return ConnectionLoops.make(on: eventLoop, sweepInterval: .seconds(1))
            .map { WebSocketDialer(group: eventLoop, loops: $0) }
    }

    private init(group: any EventLoopGroup, loops: ConnectionLoops) {
        self.group = group
        self.loops = loops
    }

    /// Connects and shakes hands.
    ///
    /// The session's `opened` has been called when this returns, and messages may have been received. Throws
    /// `HandshakeFault` when the server refuses, which tells its status, and what NIO throws when it cannot be reached.
    /// - Parameter timeout: for the connection, and once more for the handshake.
    package func connect(
        to address: WebSocketAddress, settings: WebSocketSettings = WebSocketSettings(),
        timeout: TimeAmount = .seconds(10), makeSession: @escaping MakeSession
    ) async throws -> WebSocketClient {
        try await self.connection(to: address, settings: settings, timeout: timeout, makeSession: makeSession).get()
    }

    /// The same as a future, for those who open thousands.
    ///
    /// - Parameter opening: gets the channel of each address that is tried, on its loop, before it connects. Who closes it there ends
    ///   the attempt.
    package func connection(
        to address: WebSocketAddress, settings: WebSocketSettings = WebSocketSettings(),
        timeout: TimeAmount = .seconds(10), opening: (@Sendable (any Channel) -> Void)? = nil,
        makeSession: @escaping MakeSession
    ) -> EventLoopFuture<WebSocketClient> {
        let eventLoop = self.group.next()
        guard let loop = self.loops.loop(of: eventLoop) else {
            return eventLoop.makeFailedFuture(ChannelError.inappropriateOperationForState)
        }
        let promise = eventLoop.makePromise(of: WebSocketClient.self)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if address.trust == nil {
                        try channel.syncOptions?.setOption(.recvAllocator, value: SharedReadBuffers(loop))
                    }
                    try address.encrypt(channel)
                    let reader = ResponseHeadReader(
                        loop: loop.value, address: address, settings: settings, timeout: timeout,
                        makeSession: makeSession, promise: promise)
                    try channel.pipeline.syncOperations.addHandler(reader)
                    opening?(channel)
                }
            }
            .connect(host: address.host, port: address.port)
            .whenFailure { promise.fail($0) }
        return promise.futureResult
    }

    /// The counters of all loops, each read on its own loop.
    package func gauges() async throws -> Gauges { try await self.loops.gauges() }

    /// Closes every connection and returns when none is left.
    package func closeAll(_ code: CloseCode = .goingAway, reason: String = "") async throws {
        let futures = try await self.loops.onEach { $0.closeAll(code, reason: reason) }
        for future in futures { try await future.get() }
    }
}
