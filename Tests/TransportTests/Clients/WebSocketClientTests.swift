// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import NIOPosix
import Testing
import Transport
import WebSocketProtocol

@Suite(.serialized) struct WebSocketClientTests {
    /// Turns what a session is told into a stream.
    private final class StreamSession: ConnectionSession {
        private let events: AsyncStream<String>.Continuation

        init(_ events: AsyncStream<String>.Continuation) { self.events = events }

        func opened() { self.events.yield("opened") }
        func received(text: UnsafeRawBufferPointer) { self.events.yield(String(decoding: text, as: UTF8.self)) }
        func received(binary: UnsafeRawBufferPointer) { self.events.yield("binary \(binary.count)") }
        func closed() { self.events.finish() }
    }

    private func withDialer(_ body: (WebSocketDialer) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await body(WebSocketDialer(group: group))
        try await group.shutdownGracefully()
    }

    @Test func `a client and the server talk and close`() async throws {
        var application = TestApplication()
        application.onOpened = { $0.send(frame("welcome")) }
        try await withListener(application) { listener in
            try await self.withDialer { dialer in
                let (stream, events) = AsyncStream.makeStream(of: String.self)
                let client = try await dialer.connect(
                    to: WebSocketAddress(host: "127.0.0.1", port: listener.port, target: "/ws")
                ) { _ in StreamSession(events) }
                client.send(text: "hello")
                client.send(text: String(repeating: "z", count: 1000))
                var heard: [String] = []
                for await event in stream {
                    heard.append(event.count > 100 ? "long" : event)
                    if heard.count == 4 { client.close() }
                }
                #expect(heard == ["opened", "welcome", "hello", "long"])
                #expect(try await dialer.gauges().openConnections == 0)
            }
        }
    }

    @Test func `a refusal tells the server's status`() async throws {
        try await withListener(TestApplication()) { listener in
            try await self.withDialer { dialer in
                let (_, events) = AsyncStream.makeStream(of: String.self)
                let address = WebSocketAddress(host: "127.0.0.1", port: listener.port, target: "/elsewhere")
                await #expect(throws: HandshakeFault(status: 404, message: "the server answered 404, not 101")) {
                    try await dialer.connect(to: address) { _ in StreamSession(events) }
                }
            }
        }
    }

    @Test func `a server that is not there is an error`() async throws {
        try await self.withDialer { dialer in
            let (_, events) = AsyncStream.makeStream(of: String.self)
            await #expect(throws: (any Error).self) {
                // Port 1 is reserved and nobody listens on it.
                try await dialer.connect(to: WebSocketAddress(host: "127.0.0.1", port: 1)) { _ in StreamSession(events)
                }
            }
        }
    }
}
