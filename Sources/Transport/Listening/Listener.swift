// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
package import Connections
import Glibc
import HTTP
package import Logging
import NIOCore
package import NIOPosix
import NIOSSL

/// One address on which WebSockets and HTTP/1.1 are accepted, side by side, for one application.
///
/// Lifecycle: `start`, then `stopAccepting`, then `closeAll`; the group is the caller's and outlives the listener.
package final class Listener: Sendable {
    /// The port in use, also where 0 was asked for.
    package let port: Int

    private let channel: any Channel
    private let loops: ConnectionLoops

    private init(channel: any Channel, loops: ConnectionLoops) {
        self.channel = channel
        self.loops = loops
        self.port = channel.localAddress?.port ?? 0
    }

    /// Listens, and returns when connections are being accepted.
    ///
    /// Also ignores SIGPIPE for the process; `ProcessLimits.raiseOpenFiles` is left to the caller.
    /// Throws what binding throws, such as `IOError` with EADDRINUSE.
    package static func start(
        _ configuration: ListenerConfiguration, application: any ListenerApplication,
        on group: MultiThreadedEventLoopGroup, logger: Logger = Logger(label: "switchboard.transport")
    ) async throws -> Listener {
        ProcessLimits.ignoreBrokenPipes()
        let loops = try await ConnectionLoops.make(on: group, sweepInterval: configuration.sweepInterval)
        let receptions = try await Self.receptions(configuration, application, loops, logger)
        let channel = try await Self.bind(configuration, receptions, on: group, logger: logger)
        return Listener(channel: channel, loops: loops)
    }

    private static func bind(
        _ configuration: ListenerConfiguration, _ receptions: [LoopReception], on group: MultiThreadedEventLoopGroup,
        logger: Logger
    ) async throws -> any Channel {
        let (host, port) = (configuration.host, configuration.port)
        let bootstrap = { Self.bootstrap(configuration, receptions, on: group, logger: logger) }
        guard host == ListenerConfiguration.everyAddress else {
            return try await bootstrap().bind(host: host, port: port).get()
        }
        do {
            // Clients that look up `localhost` may try IPv6 first, or alone.
            let option = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
            return try await bootstrap().serverChannelOption(option, value: 0).bind(host: host, port: port).get()
        } catch let error as IOError where [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errnoCode) {
            return try await bootstrap().bind(host: "0.0.0.0", port: port).get()
        }
    }

    private static func bootstrap(
        _ configuration: ListenerConfiguration, _ receptions: [LoopReception], on group: MultiThreadedEventLoopGroup,
        logger: Logger
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: configuration.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Accepted sockets inherit it, which saves a system call for each.
            .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptFaultReporter(logger: logger))
                }
            }
            .childChannelInitializer { channel in
                let eventLoop = channel.eventLoop
                return eventLoop.makeCompletedFuture {
                    guard let reception = receptions.first(where: { $0.eventLoop === eventLoop })?.box.value else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    try Self.prepare(channel, reception)
                }
            }
    }

    private struct LoopReception: Sendable {
        let eventLoop: any EventLoop
        let box: NIOLoopBoundBox<Reception>
    }

    private static func receptions(
        _ configuration: ListenerConfiguration, _ application: any ListenerApplication, _ loops: ConnectionLoops,
        _ logger: Logger
    ) async throws -> [LoopReception] {
        try await loops.onEach { loop in
            let eventLoop = loop.eventLoop
            let reception = Reception(
                loopBox: NIOLoopBoundBox(loop, eventLoop: eventLoop), configuration: configuration,
                application: application, logger: logger)
            return LoopReception(eventLoop: eventLoop, box: NIOLoopBoundBox(reception, eventLoop: eventLoop))
        }
    }

    private static func prepare(_ channel: any Channel, _ reception: Reception) throws {
        let options = channel.syncOptions
        try options?.setOption(.maxMessagesPerRead, value: 1)
        // An HTTP client may end its side behind its request and still wants the answer.
        try options?.setOption(.allowRemoteHalfClosure, value: true)
        if let certificate = reception.configuration.certificate {
            // This handler may keep what it was given, so reads use buffers of this channel's own.
            try options?.setOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 65536))
            try channel.pipeline.syncOperations.addHandlers([
                NIOSSLServerHandler(context: certificate.context), EncryptedClosing(),
            ])
        } else {
            try options?.setOption(.recvAllocator, value: SharedReadBuffers(reception.loopBox))
        }
        try channel.pipeline.syncOperations.addHandler(RequestHeadReader(reception: reception))
    }

    /// The counters of all loops, each read on its own loop.
    package func gauges() async throws -> Gauges { try await self.loops.gauges() }

    /// Accepts no further connections. Those that are open go on.
    package func stopAccepting() async throws {
        do {
            try await self.channel.close().get()
        } catch ChannelError.alreadyClosed {
            // Stopped before: nothing is left to do.
        }
    }

    /// Ends every connection and returns when none is left.
    ///
    /// WebSockets get a close frame and have `closeTimeout` to answer; HTTP connections finish the requests they have
    /// begun, within their deadlines.
    package func closeAll(_ code: CloseCode, reason: String) async throws {
        let futures = try await self.loops.onEach { $0.closeAll(code, reason: reason) }
        for future in futures { try await future.get() }
    }
}
