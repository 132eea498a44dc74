// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Glibc
import HTTP
import NIOCore
import NIOPosix
import SwitchboardClient
import Transport
import WebSocketProtocol

/// What an event costs a program on the Swift client: `CoreBenchmarks client`. The server is in the same process on another loop, and
/// sends as fast as the client takes.
enum ClientBenchmarks {
    private static let eventCount = 100_000

    private struct Order: ServerEvent {
        static let eventName = "order.created"
        let orderId: String
        let buyerId: String
        let amount: Double
    }

    /// Sends all events when it is told to.
    private final class Session: ConnectionSession {
        private static let frames: ByteBuffer = {
            let text =
                #"{"event":"order.created","data":{"orderId":"order-7","buyerId":"did:rangkai:alice","amount":125.5},"#
                + #""timestamp":"2025-11-21T10:30:00.000Z"}"#
            var frames = ByteBuffer()
            for _ in 0..<100 { WebSocketFrame.appendText(text, to: &frames) }
            return frames
        }()

        private let port: any OutboundPort

        init(_ port: any OutboundPort) { self.port = port }

        func opened() {}

        func received(text: UnsafeRawBufferPointer) {
            for _ in 0..<(ClientBenchmarks.eventCount / 100) { self.port.send(Self.frames) }
        }

        func received(binary: UnsafeRawBufferPointer) {}

        func closed() {}
    }

    private struct Application: ListenerApplication {
        func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
            var settings = WebSocketSettings()
            settings.maximumQueuedByteCount = 64 * 1024 * 1024
            return .accept(settings) { Session($0) }
        }

        func respond(
            to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
        ) {
            respond(.text(.notFound, ""))
        }
    }

    static func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = ListenerConfiguration()
        configuration.host = "127.0.0.1"
        let listener = try await Listener.start(configuration, application: Application(), on: group)
        let address = "ws://127.0.0.1:\(listener.port)/"
        try await self.report("frames as they are", address) { client in
            let frames = client.rawFrames(buffering: .everything(10_000))
            return { try await self.count(frames) { $0.direction == .received } }
        }
        try await self.report("events as JSON", address) { client in
            let events = client.events(buffering: .everything(10_000))
            return { try await self.count(events) { _ in true } }
        }
        try await self.report("events as values", address) { client in
            let events = client.events(Order.self, buffering: .everything(10_000))
            return { try await self.count(events) { $0.amount > 0 } }
        }
        try await listener.stopAccepting()
        try await listener.closeAll(.goingAway, reason: "")
        try await group.shutdownGracefully()
    }

    /// The best and the median of five rounds: seconds of the clock, and of the whole process, which has the server's side in it.
    private static func report(
        _ name: String, _ address: String,
        _ begin: (EventClient) -> (@Sendable () async throws -> Void)
    ) async throws {
        var rates: [Double] = []
        var costs: [Double] = []
        for _ in 0..<5 {
            let client = try EventClient(
                address, dialect: Dialect(command: "type", event: .init(name: "event", data: "data", time: "timestamp"))
            )
            let finish = begin(client)
            try await client.open()
            let (start, cost) = (ContinuousClock.now, Self.processorSeconds)
            try await client.send(text: "go")
            try await finish()
            rates.append(Double(Self.eventCount) / ((ContinuousClock.now - start) / .seconds(1)))
            costs.append((Self.processorSeconds - cost) / Double(Self.eventCount) * 1e6)
            await client.close()
        }
        rates.sort(by: >)
        costs.sort()
        print(
            "\(name): \(Int(rates[0])) a second at best, \(Int(rates[2])) in the median;",
            "\((costs[2] * 100).rounded() / 100) µs of processor time each in the median, the server's side included")
    }

    private static func count<Elements: AsyncSequence>(
        _ elements: Elements, where isCounted: (Elements.Element) -> Bool
    ) async throws {
        var count = 0
        for try await element in elements where isCounted(element) {
            count += 1
            if count == Self.eventCount { return }
        }
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
