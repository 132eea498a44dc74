// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import NIOPosix
import NIOSSL
import NIOTLS

/// A client's side of TLS as bytes in and bytes out: what belongs on the wire is handed back, for a test to send as it likes.
final class ClientEncryption: Sendable {
    /// Keeps the channel alive when the client says that it has no more to send.
    private final class OutputCloseIgnorer: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode == .output else { return context.close(mode: mode, promise: promise) }
            promise?.succeed()
        }
    }

    private final class HandshakeNotice: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private(set) var isReceived = false

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted? = event as? TLSUserEvent { self.isReceived = true }
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// All of it happens here: an embedded channel belongs to the thread that made it.
    private let eventLoop: any EventLoop
    private let channel: EmbeddedChannel

    /// - Parameter trusted: a PEM file; whose certificates are believed.
    init(trusting trusted: String, minimum: TLSVersion = .tlsv12, maximum: TLSVersion? = nil) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(trusted)
        configuration.minimumTLSVersion = minimum
        configuration.maximumTLSVersion = maximum
        let context = try NIOSSLContext(configuration: configuration)
        self.eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        self.channel = try self.eventLoop.submit {
            try EmbeddedChannel(handlers: [
                OutputCloseIgnorer(), NIOSSLClientHandler(context: context, serverHostname: "localhost"),
                HandshakeNotice(),
            ])
        }.wait()
    }

    deinit {
        let channel = self.channel
        // Past TLS, which would wait for the server's goodbye.
        self.eventLoop.execute {
            try? channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self).close(promise: nil)
        }
    }

    /// The first bytes for the server.
    func begin() throws -> [UInt8] {
        try self.inChannel { channel in
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
            return try Self.takeOutbound(channel)
        }
    }

    /// Whether the handshake is over, so that there may be something to ``seal(_:)``.
    var isReady: Bool {
        get throws {
            try self.inChannel {
                try $0.pipeline.syncOperations.handler(type: HandshakeNotice.self).isReceived
            }
        }
    }

    /// Whether the server has said that it sends no more (RFC 8446 §6.1).
    var isEnded: Bool { get throws { try self.inChannel { !$0.isActive } } }

    func seal(_ plain: [UInt8]) throws -> [UInt8] {
        try self.inChannel { channel in
            try channel.writeOutbound(ByteBuffer(bytes: plain))
            return try Self.takeOutbound(channel)
        }
    }

    /// - Returns: what the bytes from the server hold, and what TLS itself has to answer.
    func open(_ wire: [UInt8]) throws -> (plain: [UInt8], answer: [UInt8]) {
        try self.inChannel { channel in
            try channel.writeInbound(ByteBuffer(bytes: wire))
            var plain: [UInt8] = []
            while let part = try channel.readInbound(as: ByteBuffer.self) { plain += part.readableBytesView }
            return (plain, try Self.takeOutbound(channel))
        }
    }

    /// What tells the server that no more comes.
    func end() throws -> [UInt8] {
        try self.inChannel { channel in
            channel.close(mode: .output, promise: nil)
            return try Self.takeOutbound(channel)
        }
    }

    private static func takeOutbound(_ channel: EmbeddedChannel) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) { bytes += part.readableBytesView }
        return bytes
    }

    private func inChannel<Result: Sendable>(
        _ body: @escaping @Sendable (EmbeddedChannel) throws -> Result
    ) throws -> Result {
        let channel = self.channel
        return try self.eventLoop.submit { try body(channel) }.wait()
    }
}
