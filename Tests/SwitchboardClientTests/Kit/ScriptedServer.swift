// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Synchronization
import WebSocketProtocol

/// A server that sends the bytes that a test writes, whatever they are, and takes down what clients send.
final class ScriptedServer: Sendable {
    /// What it does with a connection.
    struct Script: Sendable {
        /// Accepts the handshake; otherwise nothing at all is answered.
        var shakesHands = true
        /// Bytes behind the handshake.
        var greeting: [UInt8] = []
        /// What is answered to a text message.
        var answer: @Sendable (String) -> [UInt8] = { _ in [] }
        /// The connection ends behind the greeting.
        var hangsUp = false
    }

    /// Owned by its loop.
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let server: ScriptedServer
        private var head: [UInt8]? = []
        private var decoder = MessageDecoder(role: .server, maximumMessageByteCount: 1 << 20)

        init(_ server: ScriptedServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = Array(self.unwrapInboundIn(data).readableBytesView)
            if var head = self.head {
                head += bytes
                self.head = head
                guard let end = Self.end(of: head) else { return }
                bytes = Array(head[end...])
                self.head = nil
                self.shakeHands(String(decoding: head[..<end], as: UTF8.self), context)
            }
            self.take(&bytes, context)
        }

        private func shakeHands(_ head: String, _ context: ChannelHandlerContext) {
            let script = self.server.script
            self.server.note(head: head)
            guard script.shakesHands else { return }
            let key = head.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst(19) ?? ""
            let accept = Handshake.acceptValue(forKey: String(key))
            self.write(Array(Handshake.response(acceptValue: accept, subprotocol: nil).utf8) + script.greeting, context)
            if script.hangsUp { context.close(promise: nil) }
        }

        private func take(_ bytes: inout [UInt8], _ context: ChannelHandlerContext) {
            guard self.head == nil, self.server.script.shakesHands else { return }
            var texts: [String] = []
            var hasClosed = false
            bytes.withUnsafeMutableBytes { bytes in
                var input = bytes
                while let message = try? self.decoder.next(&input) {
                    switch message {
                    case .text(let text): texts.append(String(decoding: text, as: UTF8.self))
                    case .close: hasClosed = true
                    case .binary, .ping, .pong: break
                    }
                }
            }
            for text in texts {
                self.server.note(text)
                self.write(self.server.script.answer(text), context)
            }
            if hasClosed {
                self.write([0x88, 0x00], context)
                context.close(promise: nil)
            }
        }

        private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
            guard !bytes.isEmpty else { return }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        }

        private static func end(of head: [UInt8]) -> Int? {
            guard head.count >= 4 else { return nil }
            return (4...head.count).first { head[($0 - 4)..<$0].elementsEqual([13, 10, 13, 10]) }
        }
    }

    private struct State {
        var script: Script
        var heads: [String] = []
        var texts: [String] = []
        var openCount = 0
        var listener: (any Channel)?
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state: Mutex<State>

    static func start(_ script: Script = Script()) async throws -> ScriptedServer {
        let server = ScriptedServer(script)
        let listener = try await ServerBootstrap(group: server.group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    server.state.withLock { $0.openCount += 1 }
                    channel.closeFuture.whenComplete { _ in server.state.withLock { $0.openCount -= 1 } }
                    try channel.pipeline.syncOperations.addHandler(Handler(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.state.withLock { $0.listener = listener }
        return server
    }

    private init(_ script: Script) { self.state = Mutex(State(script: script)) }

    var address: String { "ws://127.0.0.1:\(self.state.withLock { $0.listener?.localAddress?.port ?? 0 })/ws" }
    var script: Script {
        get { self.state.withLock { $0.script } }
        set { self.state.withLock { $0.script = newValue } }
    }
    /// Request heads, in their order.
    var heads: [String] { self.state.withLock { $0.heads } }
    /// Text messages of all connections.
    var texts: [String] { self.state.withLock { $0.texts } }
    /// Connections that are open.
    var openCount: Int { self.state.withLock { $0.openCount } }

    func stop() async { try? await self.group.shutdownGracefully() }

    private func note(head: String) { self.state.withLock { $0.heads.append(head) } }

    private func note(_ text: String) { self.state.withLock { $0.texts.append(text) } }

    /// A server's text frame.
    static func frame(_ text: String) -> [UInt8] {
        var buffer = ByteBuffer()
        WebSocketFrame.appendText(text, to: &buffer)
        return Array(buffer.readableBytesView)
    }
}

/// Returns when the condition holds; a test that waits in vain fails after ten seconds.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(10)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw TestServer.Fault(what: "never: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
