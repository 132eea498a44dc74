// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Testing
import Transport
import WebSocketProtocol

/// Peers that do not read as fast as they are written to.
@Suite(.serialized) struct SlowReaderTests {
    private static func numbered(_ range: Range<Int>) -> [ByteBuffer] {
        range.map { number in
            let text = "\(number) "
            return frame(text + String(repeating: "x", count: 126 - text.utf8.count))
        }
    }

    @Test func `84,000 frames reach a client in order that reads only after the first half was sent`() async throws {
        let loaded = Shared(false)
        var application = TestApplication()
        application.settings.maximumQueuedByteCount = 64 * 1024 * 1024
        application.onText = { port, text in
            switch text {
            case "load":
                // Collected during the call, with the queue filling up meanwhile.
                for frame in Self.numbered(0..<21_000) { port.send(frame) }
                let port = NIOLoopBound(port, eventLoop: port.eventLoop)
                port.value.eventLoop.execute {
                    for frame in Self.numbered(21_000..<42_000) { port.value.send(frame) }
                    loaded.update { $0 = true }
                }
            default: Self.sendRest(port, from: 42_000)
            }
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port, receiveByteCount: 8192)
            try client.upgrade()
            try client.send(text: "load")
            // A round trip of another connection on the same loop: by its answer the load is sent.
            while !loaded.current {
                let other = try RawClient(port: listener.port)
                try other.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try other.readResponse()
            }
            try client.send(text: "more")
            for number in 0..<84_000 {
                let text = try client.readFrame().text
                guard text.hasPrefix("\(number) ") else {
                    Issue.record("frame \(number) is \(text.prefix(10))")
                    return
                }
            }
        }
    }

    /// A hundred frames a turn of the loop, while the client reads.
    private static func sendRest(_ port: any OutboundPort, from start: Int) {
        let end = min(start + 100, 84_000)
        for frame in Self.numbered(start..<end) { port.send(frame) }
        guard end < 84_000 else { return }
        let port = NIOLoopBound(port, eventLoop: port.eventLoop)
        port.value.eventLoop.execute { Self.sendRest(port.value, from: end) }
    }

    @Test func `a client that does not read is closed with the code for that, behind whole frames`() async throws {
        let ended = Shared(false)
        var application = TestApplication()
        application.settings.maximumQueuedByteCount = 64 * 1024
        application.settings.tooSlowCode = CloseCode(rawValue: 4009)
        application.settings.tooSlowReason = "slow"
        application.settings.closeTimeout = .minutes(1)
        application.onClosed = { ended.update { $0 = true } }
        application.onText = { port, _ in
            let port = NIOLoopBound(port, eventLoop: port.eventLoop)
            port.value.eventLoop.execute { for frame in Self.numbered(0..<100_000) { port.value.send(frame) } }
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port, receiveByteCount: 8192)
            try client.upgrade()
            try client.send(text: "go")
            // The session does not wait for a client that may never read again.
            while !ended.current { await Task.yield() }
            #expect(try await listener.gauges().tooSlowTotal == 1)
            #expect(try await listener.gauges().openWebSockets == 1)
            var count = 0
            var last = try client.readFrame()
            while last.opcode == .text {
                #expect(last.text.hasPrefix("\(count) "))
                count += 1
                last = try client.readFrame()
            }
            #expect(last.closeCode == 4009)
            #expect(last.payload.dropFirst(2).elementsEqual("slow".utf8))
            #expect(count > 100 && count < 100_000)
            try client.send(.close, [0x0F, 0xA9])
            #expect(try client.isClosed())
            #expect(try await listener.gauges(once: { $0.openWebSockets == 0 }).openWebSockets == 0)
        }
    }

    @Test func `what is too much in one call is followed by the close frame, and that by nothing`() async throws {
        // More than any socket takes, in few frames, so that the call is short.
        let large = frame(String(repeating: "x", count: 60_000))
        var application = TestApplication()
        application.settings.maximumQueuedByteCount = 64 * 1024
        application.settings.tooSlowCode = CloseCode(rawValue: 4009)
        application.settings.closeTimeout = .minutes(1)
        application.onText = { port, _ in for _ in 0..<400 { port.send(large) } }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port, receiveByteCount: 8192)
            try client.upgrade()
            try client.send(text: "go")
            var last = try client.readFrame()
            while last.opcode == .text { last = try client.readFrame() }
            #expect(last.closeCode == 4009)
            try client.send(.close, [0x0F, 0xA9])
            #expect(try client.isClosed())
        }
    }

    @Test func `a client that never reads again is closed in time`() async throws {
        var application = TestApplication()
        application.settings.maximumQueuedByteCount = 64 * 1024
        application.settings.closeTimeout = .milliseconds(100)
        application.onText = { port, _ in
            for frame in Self.numbered(0..<100_000) { port.send(frame) }
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port, receiveByteCount: 8192)
            try client.upgrade()
            try client.send(text: "go")
            while try await listener.gauges().tooSlowTotal == 0 { await Task.yield() }
            while try await listener.gauges().openConnections > 0 { await Task.yield() }
            #expect(try await listener.gauges().openWebSockets == 0)
        }
    }

    @Test func `one message larger than the queue's limit is delivered whole`() async throws {
        let large = String(repeating: "y", count: 8 * 1024 * 1024)
        var application = TestApplication()
        application.onText = { port, _ in
            port.send(frame(large))
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port, receiveByteCount: 8192)
            try client.upgrade()
            try client.send(text: "go")
            #expect(try client.readFrame().payload.count == large.utf8.count)
        }
    }
}
