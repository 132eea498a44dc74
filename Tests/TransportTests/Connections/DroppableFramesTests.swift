// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Testing
import Transport
import WebSocketProtocol

/// Peers that do not read, and frames that may be left out for them.
@Suite(.serialized) struct DroppableFramesTests {
    /// More than the kernel takes for a client that does not read.
    private static let fillerCount = 10_000

    private static func text(_ number: Int, _ kind: String = "") -> String {
        let text = "\(kind)\(number) "
        return text + String(repeating: "x", count: 1000 - text.utf8.count)
    }

    private static func send(_ text: String, channel: UInt64 = 1, key: UInt64? = nil, to port: any OutboundPort) {
        let frame = frame(text)
        port.send(
            frame, queueing: Queueing(channel: channel, frames: [.init(byteCount: frame.readableBytes, key: key)]))
    }

    /// Runs `load` in one turn of the loop when a client that does not read asks for it, and `body` with the client then.
    private func withStalledClient(
        limit: Int = 64 * 1024 * 1024, load: @escaping @Sendable (any OutboundPort) -> Void,
        _ body: @Sendable (RawClient, Listener) async throws -> Void
    ) async throws {
        let isLoaded = Shared(false)
        var application = TestApplication()
        application.settings.maximumQueuedByteCount = limit
        application.onLost = { port, count in port.send(frame("lost \(count)")) }
        application.onText = { port, text in
            if text == "end" { return port.send(frame("end")) }
            let port = NIOLoopBound(port, eventLoop: port.eventLoop)
            port.value.eventLoop.execute {
                load(port.value)
                isLoaded.update { $0 = true }
            }
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port, receiveByteCount: 8192)
            try client.upgrade()
            try client.send(text: "go")
            while !isLoaded.current { await Task.yield() }
            try await body(client, listener)
        }
    }

    private static func fill(_ port: any OutboundPort) {
        for number in 0..<Self.fillerCount { port.send(frame(Self.text(number))) }
    }

    private static func readFiller(_ client: RawClient) throws {
        for number in 0..<Self.fillerCount {
            let text = try client.readFrame().text
            guard text.hasPrefix("\(number) ") else { throw RawClient.Fault(what: "frame \(number) is \(text)") }
        }
    }

    @Test func `over the limit the oldest waiting frames are dropped, and the client is told how many`() async throws {
        let total = 10_000
        try await self.withStalledClient(limit: 256 * 1024) { port in
            for number in 0..<total { Self.send(Self.text(number), to: port) }
        } _: { client, listener in
            let dropped = try await listener.gauges().framesDroppedTotal
            #expect(dropped > 1000)
            var next = 0
            var gaps: [Int] = []
            while next < total {
                let text = try client.readFrame().text
                let number = try #require(Int(text.prefix { $0 != " " }))
                if number != next { gaps.append(number - next) }
                next = number + 1
            }
            // What was out before the first was dropped, and the newest; told once.
            #expect(gaps == [Int(dropped)])
            #expect(try client.readFrame().text == "lost \(dropped)")
            try client.send(text: "end")
            #expect(try client.readFrame().text == "end")
            #expect(try await listener.gauges().tooSlowTotal == 0)
        }
    }

    @Test func `of waiting frames with one key only the newest stays, in its own place`() async throws {
        try await self.withStalledClient { port in
            Self.fill(port)
            Self.send("a1", key: 1, to: port)
            Self.send("b1", key: 2, to: port)
            Self.send("other channel", channel: 2, key: 1, to: port)
            Self.send("a2", key: 1, to: port)
            port.send(frame("plain"))
            Self.send("no key", to: port)
            Self.send("c1", key: 3, to: port)
            Self.send("b2", key: 2, to: port)
            Self.send("a3", key: 1, to: port)
            Self.send("no key again", to: port)
        } _: { client, listener in
            #expect(try await listener.gauges().framesReplacedTotal == 3)
            try Self.readFiller(client)
            var texts: [String] = []
            for _ in 0..<7 { texts.append(try client.readFrame().text) }
            #expect(texts == ["other channel", "plain", "no key", "c1", "b2", "a3", "no key again"])
            // Nothing was lost that a newer frame does not tell.
            try client.send(text: "end")
            #expect(try client.readFrame().text == "end")
            #expect(try await listener.gauges().framesDroppedTotal == 0)
        }
    }

    @Test func `20,000 frames of 100 keys and all sizes leave the newest of each, in order`() async throws {
        let updates = (0..<20_000).map { number in
            let key = number &* 7919 % 10_007 % 100
            return (key: key, text: "\(key):\(number)" + String(repeating: "y", count: number % 700))
        }
        var newest: [Int: Int] = [:]
        for (number, update) in updates.enumerated() { newest[update.key] = number }
        let expected = newest.values.sorted().map { updates[$0].text }
        try await self.withStalledClient { port in
            Self.fill(port)
            for update in updates { Self.send(update.text, key: UInt64(update.key), to: port) }
        } _: { client, _ in
            try Self.readFiller(client)
            for text in expected {
                let received = try client.readFrame().text
                guard received == text else { throw RawClient.Fault(what: "\(received) is not \(text)") }
            }
        }
    }

    @Test func `frames that have to arrive are never dropped, those around them are`() async throws {
        let total = 10_000
        try await self.withStalledClient(limit: 512 * 1024) { port in
            for number in 0..<total {
                if number % 100 == 99 {
                    port.send(frame("plain \(number)"))
                } else {
                    Self.send(Self.text(number), to: port)
                }
            }
        } _: { client, listener in
            let dropped = try await listener.gauges().framesDroppedTotal
            #expect(dropped > 1000)
            var (last, plain, others) = (-1, 0, 0)
            var told: String?
            while told == nil {
                let text = try client.readFrame().text
                if text.hasPrefix("lost") {
                    told = text
                    break
                }
                let isPlain = text.hasPrefix("plain ")
                let number = try #require(Int(text.dropFirst(isPlain ? 6 : 0).prefix { $0 != " " }))
                #expect(number > last)
                if isPlain { #expect(number == plain * 100 + 99) }
                last = number
                if isPlain { plain += 1 } else { others += 1 }
            }
            // The client may have caught up with half before it has read the rest.
            while plain + others + Int(dropped) < total {
                let text = try client.readFrame().text
                if text.hasPrefix("plain ") { plain += 1 } else { others += 1 }
            }
            #expect(plain == 100)
            #expect(told == "lost \(dropped)")
        }
    }

    @Test func `a client that frames which have to arrive are too many for is closed, droppable ones or not`()
        async throws
    {
        try await self.withStalledClient(limit: 256 * 1024) { port in
            for number in 0..<8000 { Self.send(Self.text(number), to: port) }
            for number in 0..<8000 { port.send(frame(Self.text(number, "p"))) }
        } _: { client, listener in
            #expect(try await listener.gauges().tooSlowTotal == 1)
            var last = try client.readFrame()
            while last.opcode == .text { last = try client.readFrame() }
            #expect(last.closeCode == 3008)
        }
    }

    @Test func `a limit below one frame still lets the newest one through`() async throws {
        try await self.withStalledClient(limit: 1) { port in
            for number in 0..<Self.fillerCount { Self.send(Self.text(number), to: port) }
        } _: { client, listener in
            #expect(try await listener.gauges().tooSlowTotal == 0)
            var last = ""
            while !last.hasPrefix("\(Self.fillerCount - 1) ") { last = try client.readFrame().text }
        }
    }

    @Test func `while a client reads slowly every frame that arrives is whole, and every other one is told of`()
        async throws
    {
        let total = 20_000
        try await self.withStalledClient(limit: 128 * 1024) { port in
            Self.sendOn(port, from: 0, to: total)
        } _: { client, listener in
            var (received, lost, last) = (0, 0, -1)
            while received + lost < total {
                let text = try client.readFrame().text
                if text.hasPrefix("lost ") {
                    lost += Int(text.dropFirst(5)) ?? 0
                } else {
                    let number = try #require(Int(text.prefix { $0 != " " }))
                    #expect(number > last && text.utf8.count == 1000)
                    last = number
                    received += 1
                }
            }
            #expect(last == total - 1)
            #expect(UInt64(lost) == (try await listener.gauges().framesDroppedTotal))
        }
    }

    /// A hundred frames a turn of the loop, in runs of ten.
    private static func sendOn(_ port: any OutboundPort, from start: Int, to total: Int) {
        let end = min(start + 100, total)
        for first in stride(from: start, to: end, by: 10) {
            var run = ByteBuffer()
            var queueing = Queueing(channel: 1, frames: [])
            for number in first..<first + 10 {
                let frame = frame(Self.text(number))
                queueing.frames.append(.init(byteCount: frame.readableBytes))
                run.writeImmutableBuffer(frame)
            }
            port.send(run, queueing: queueing)
        }
        guard end < total else { return }
        let port = NIOLoopBound(port, eventLoop: port.eventLoop)
        port.value.eventLoop.execute { Self.sendOn(port.value, from: end, to: total) }
    }
}
