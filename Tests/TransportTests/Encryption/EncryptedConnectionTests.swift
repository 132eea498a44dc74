// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Testing
import Transport
import WebSocketProtocol

/// Connections through TLS, over real sockets: the same promises as without, by another way to the socket.
@Suite(.serialized) struct EncryptedConnectionTests {
    private static func numbered(_ number: Int) -> String {
        "\(number) " + String(repeating: "x", count: 120)
    }

    /// More than any socket takes, in few frames that are made beforehand, so that the call that sends them is short.
    private static let tooMuch = (0..<400).map { frame("\($0) " + String(repeating: "x", count: 60_000)) }

    /// A client's text frame of any length.
    private static func clientFrame(_ text: String) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var frame = ByteBuffer()
        WebSocketFrame.appendText(text, maskingKey: .random(using: &generator), to: &frame)
        return Array(frame.readableBytesView)
    }

    @Test func `bytes that come one by one make whole messages`() async throws {
        try await withEncryptedListener(TestApplication()) { listener in
            let client = try listener.client(packetByteCount: 1)
            try client.upgrade()
            for number in 0..<5 {
                try client.send(text: "message \(number)")
                #expect(try client.readFrame().text == "message \(number)")
            }
        }
    }

    @Test func `frames that come with the request and behind it are all received`() async throws {
        try await withEncryptedListener(TestApplication()) { listener in
            let client = try listener.client()
            let frames = (0..<100).flatMap { RawClient.frame(.text, Array("\($0)".utf8)) }
            try client.write(Array(RawClient.upgradeRequest().utf8) + frames)
            _ = try client.readHead()
            for number in 0..<100 { #expect(try client.readFrame().text == "\(number)") }
        }
    }

    @Test func `a connection that has served requests becomes a WebSocket`() async throws {
        try await withEncryptedListener(TestApplication()) { listener in
            let client = try listener.client()
            for number in 0..<3 {
                try client.write("POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
                #expect(try client.readResponse().body == "POST /\(number) body")
            }
            try client.write(
                Array(RawClient.upgradeRequest().utf8) + RawClient.frame(.text, Array("with it".utf8)))
            #expect(try client.readHead().hasPrefix("HTTP/1.1 101 "))
            #expect(try client.readFrame().text == "with it")
            try client.send(text: "behind it")
            #expect(try client.readFrame().text == "behind it")
        }
    }

    @Test func `large messages arrive whole in both directions, however slowly they are read`() async throws {
        let large = String((0..<400_000).map { "\($0 % 10)" }.joined() + "end")
        var application = TestApplication()
        application.settings.maximumMessageByteCount = 1024 * 1024
        application.settings.maximumQueuedByteCount = 64 * 1024 * 1024
        application.onText = { port, text in for _ in 0..<20 { port.send(frame(text)) } }
        try await withEncryptedListener(application) { listener in
            let client = try listener.client(receiveByteCount: 8192)
            try client.upgrade()
            try client.write(Self.clientFrame(large))
            for _ in 0..<20 { #expect(try client.readFrame().text == large) }
        }
    }

    @Test func `what is sent while the client does not read arrives in order`() async throws {
        var application = TestApplication()
        application.settings.maximumQueuedByteCount = 64 * 1024 * 1024
        application.onText = { port, _ in for number in 0..<20_000 { port.send(frame(Self.numbered(number))) } }
        try await withEncryptedListener(application) { listener in
            let client = try listener.client(receiveByteCount: 8192)
            try client.upgrade()
            try client.send(text: "go")
            // By the answer to a later request on the same loop all is sent that the socket takes.
            let other = try listener.client()
            try other.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try other.readResponse()
            for number in 0..<20_000 {
                let text = try client.readFrame().text
                guard text.hasPrefix("\(number) ") else {
                    Issue.record("frame \(number) is \(text.prefix(10))")
                    return
                }
            }
        }
    }

    @Test func `a client that does not read is closed with the code for that, behind whole frames`() async throws {
        let ended = Shared(false)
        var application = TestApplication()
        application.settings.maximumQueuedByteCount = 64 * 1024
        application.settings.tooSlowCode = CloseCode(rawValue: 4009)
        application.settings.closeTimeout = .minutes(1)
        application.onClosed = { ended.update { $0 = true } }
        application.onText = { port, _ in for frame in Self.tooMuch { port.send(frame) } }
        try await withEncryptedListener(application) { listener in
            let client = try listener.client(receiveByteCount: 8192)
            try client.upgrade()
            try client.send(text: "go")
            #expect(try await listener.gauges(become: { $0.tooSlowTotal == 1 }))
            var count = 0
            var last = try client.readFrame()
            while last.opcode == .text {
                #expect(last.text.hasPrefix("\(count) "))
                count += 1
                last = try client.readFrame()
            }
            #expect(last.closeCode == 4009)
            #expect(count > 0 && count < Self.tooMuch.count)
            try client.send(.close, [0x0F, 0xA9])
            #expect(try client.isClosed())
            #expect(try await listener.gauges(become: { $0.openWebSockets == 0 }))
            #expect(ended.current)
        }
    }

    @Test func `a client that never reads again is closed in time`() async throws {
        var application = TestApplication()
        application.settings.maximumQueuedByteCount = 64 * 1024
        application.settings.closeTimeout = .milliseconds(100)
        application.onText = { port, _ in for frame in Self.tooMuch { port.send(frame) } }
        try await withEncryptedListener(application) { listener in
            let client = try listener.client(receiveByteCount: 8192)
            try client.upgrade()
            try client.send(text: "go")
            #expect(try await listener.gauges(become: { $0.tooSlowTotal == 1 }))
            #expect(try await listener.gauges(become: { $0.openConnections == 0 }))
        }
    }

    @Test func `nothing is read for a session that pauses, and all of it once it goes on`() async throws {
        let paused = Shared<NIOLoopBound<any OutboundPort>?>(nil)
        var application = TestApplication()
        application.onText = { port, text in
            switch text {
            case "pause":
                port.setReceiving(false)
                paused.update { $0 = NIOLoopBound(port, eventLoop: port.eventLoop) }
            case "go on": paused.current?.value.setReceiving(true)
            default: port.send(frame(text))
            }
        }
        try await withEncryptedListener(application) { listener in
            let client = try listener.client()
            try client.upgrade()
            try client.send(text: "pause")
            let count = 20_000
            try client.write((0..<count).flatMap { RawClient.frame(.text, Array("\($0)".utf8)) })
            let other = try listener.client()
            try other.upgrade()
            // In so many turns of the loop it would have read everything.
            for _ in 0..<20 {
                try other.send(text: "turn")
                _ = try other.readFrame()
            }
            #expect(try await listener.listener.gauges().receivedByteCount < 100_000)
            try other.send(text: "go on")
            for number in 0..<count { #expect(try client.readFrame().text == "\(number)") }
        }
    }

    @Test func `what the peer reads last, after a close, is TLS's own goodbye`() async throws {
        var application = TestApplication()
        application.onText = { port, _ in port.close(.normal, reason: "") }
        try await withEncryptedListener(application) { listener in
            let client = try listener.client()
            try client.upgrade()
            try client.send(text: "go")
            #expect(try client.readFrame().closeCode == 1000)
            try client.send(.close, [0x03, 0xE8])
            #expect(try client.isClosed())
            #expect(try client.isEncryptionEnded)
            #expect(try await listener.gauges(become: { $0.openConnections == 0 }))
        }
    }

    @Test func `a client that ends its side behind its request gets the answer, by TLS's word or TCP's`() async throws {
        try await withEncryptedListener(TestApplication()) { listener in
            for isByTLS in [true, false] {
                let client = try listener.client()
                try client.write("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
                if isByTLS { try client.endEncryptedWriting() } else { client.shutDownWriting() }
                #expect(try client.readResponse().body == "GET /a ")
                #expect(try client.isClosed())
            }
            #expect(try await listener.gauges(become: { $0.openConnections == 0 }))
        }
    }

    @Test func `a WebSocket whose client ends its side is gone, by TLS's word or TCP's`() async throws {
        let ended = Shared(0)
        var application = TestApplication()
        application.onClosed = { ended.update { $0 += 1 } }
        try await withEncryptedListener(application) { listener in
            for isByTLS in [true, false] {
                let client = try listener.client()
                try client.upgrade()
                if isByTLS { try client.endEncryptedWriting() } else { client.shutDownWriting() }
                #expect(try client.isClosed())
            }
            #expect(try await listener.gauges(become: { $0.openConnections == 0 }))
        }
        #expect(ended.current == 2)
    }

    @Test func `a record that was changed on its way ends the connection`() async throws {
        try await withEncryptedListener(TestApplication()) { listener in
            let client = try listener.client()
            try client.upgrade()
            try client.writeWire([0x17, 0x03, 0x03, 0x00, 0x20] + [UInt8](repeating: 7, count: 32))
            _ = try? client.readToEnd()
            #expect(try await listener.gauges(become: { $0.openConnections == 0 }))
            #expect(try await listener.listener.gauges().failedTLSHandshakesTotal == 0)
        }
    }
}
