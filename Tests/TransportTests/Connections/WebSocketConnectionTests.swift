// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import NIOPosix
import Testing
import Transport
import WebSocketProtocol

@Suite(.serialized) struct WebSocketConnectionTests {
    @Test func `a ping is answered with its payload`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.upgrade()
            try client.send(.ping, [1, 2, 3])
            #expect(try client.readFrame() == RawClient.Frame(opcode: .pong, payload: [1, 2, 3]))
        }
    }

    @Test func `a client's close is answered with its code and the socket closes`() async throws {
        let ended = Shared(0)
        var application = TestApplication()
        application.onClosed = { ended.update { $0 += 1 } }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.upgrade()
            try client.send(.close, [0x0F, 0xA1])
            #expect(try client.readFrame() == RawClient.Frame(opcode: .close, payload: [0x0F, 0xA1]))
            #expect(try client.isClosed())
            #expect(try await listener.gauges(once: { $0.openWebSockets == 0 }).openWebSockets == 0)
        }
        #expect(ended.current == 1)
    }

    @Test func `the server's close comes behind what was sent and waits for the answer`() async throws {
        var application = TestApplication()
        application.onText = { port, text in
            port.send(frame("last"))
            port.close(CloseCode(rawValue: 4008), reason: "enough")
            port.send(frame("never"))
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.upgrade()
            try client.send(text: "go")
            #expect(try client.readFrame().text == "last")
            let close = try client.readFrame()
            #expect(close.closeCode == 4008)
            #expect(close.payload.dropFirst(2).elementsEqual("enough".utf8))
            try client.send(.close, [0x0F, 0xA8])
            #expect(try client.isClosed())
        }
    }

    @Test func `a client that does not answer a close is closed in time`() async throws {
        var application = TestApplication()
        application.settings.closeTimeout = .milliseconds(50)
        application.onText = { port, _ in port.close(.goingAway, reason: "") }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.upgrade()
            try client.send(text: "go")
            #expect(try client.readFrame().closeCode == 1001)
            #expect(try client.isClosed())
        }
    }

    @Test func `a client that breaks the protocol gets the code and the connection ends`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.upgrade()
            try client.write([0x81, 0x01, 0x61])
            #expect(try client.readFrame().closeCode == 1002)
            #expect(try client.isClosed())
        }
    }

    @Test func `a message over the limit closes with 1009`() async throws {
        var application = TestApplication()
        application.settings.maximumMessageByteCount = 100
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.upgrade()
            try client.send(.text, [UInt8](repeating: 0x61, count: 101))
            #expect(try client.readFrame().closeCode == 1009)
        }
    }

    @Test func `a client that ends its side of TCP is gone`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.upgrade()
            client.shutDownWriting()
            #expect(try client.isClosed())
            #expect(try await listener.gauges(once: { $0.openWebSockets == 0 }).openWebSockets == 0)
        }
    }

    @Test func `a client that answers no ping is closed and one that shows life is not`() async throws {
        var application = TestApplication()
        application.onText = { port, text in
            if text == "ping me" { port.ping(timeout: .seconds(1)) } else { port.send(frame(text)) }
        }
        try await withListener(application) { listener in
            let ping = RawClient.Frame(opcode: .ping, payload: [])
            let alive = try RawClient(port: listener.port)
            try alive.upgrade()
            try alive.send(text: "ping me")
            #expect(try alive.readFrame() == ping)
            try alive.send(text: "any frame is a sign of life")
            #expect(try alive.readFrame().opcode == .text)
            // Asked after the other one: when its time is over, so is the other's.
            let dead = try RawClient(port: listener.port)
            try dead.upgrade()
            try dead.send(text: "ping me")
            #expect(try dead.readFrame() == ping)
            #expect(try dead.isClosed())
            try alive.send(text: "still here")
            #expect(try alive.readFrame().text == "still here")
        }
    }

    @Test func `a session that pauses gets the next message only after it goes on`() async throws {
        let log = Shared<[String]>([])
        var application = TestApplication()
        application.onText = { port, text in
            log.update { $0.append(text) }
            port.send(frame(text))
            guard text == "pause" else { return }
            port.setReceiving(false)
            let port = NIOLoopBound(port, eventLoop: port.eventLoop)
            port.value.eventLoop.scheduleTask(in: .milliseconds(50)) {
                log.update { $0.append("resumed") }
                port.value.setReceiving(true)
            }
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.upgrade()
            try client.write(RawClient.frame(.text, Array("pause".utf8)) + RawClient.frame(.text, Array("next".utf8)))
            #expect(try client.readFrame().text == "pause")
            // Arrives while the session is paused, behind bytes that are held already.
            try client.send(text: "later")
            #expect(try client.readFrame().text == "next")
            #expect(try client.readFrame().text == "later")
            #expect(log.current == ["pause", "resumed", "next", "later"])
        }
    }

    @Test func `a paused session's close still gets the client's answer`() async throws {
        var application = TestApplication()
        application.settings.closeTimeout = .minutes(1)
        application.onText = { port, _ in
            port.setReceiving(false)
            port.close(.policyViolation, reason: "no")
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.upgrade()
            try client.send(text: "go")
            #expect(try client.readFrame().closeCode == 1008)
            try client.send(text: "ignored")
            try client.send(.close, [0x03, 0xF0])
            #expect(try client.isClosed())
        }
    }

    @Test func `closing everything tells each connection why and returns when they are gone`() async throws {
        try await withListener(TestApplication()) { listener in
            // On a thread of their own: they block, and `closeAll` needs one too.
            async let clients: Void = NIOThreadPool.singleton.runIfActive {
                let clients = try (0..<5).map { _ in try RawClient(port: listener.port) }
                for client in clients { try client.upgrade() }
                let halfOpen = try RawClient(port: listener.port)
                for client in clients {
                    #expect(try client.readFrame().closeCode == 1001)
                    try client.send(.close, [0x03, 0xE9])
                    #expect(try client.isClosed())
                }
                #expect(try halfOpen.isClosed())
            }
            while try await listener.gauges().openConnections < 6 { await Task.yield() }
            try await listener.stopAccepting()
            try await listener.closeAll(.goingAway, reason: "restarting")
            #expect(try await listener.gauges(once: { $0.openConnections == 0 }).openConnections == 0)
            try await clients
        }
    }

    @Test func `connection numbers differ and gauges count`() async throws {
        let numbers = Shared<[UInt64]>([])
        var application = TestApplication()
        application.onOpened = { port in
            let number = port.number
            numbers.update { $0.append(number) }
            port.send(frame("hi"))
        }
        try await withListener(application) { listener in
            let clients = try (0..<3).map { _ in try RawClient(port: listener.port) }
            for client in clients {
                try client.upgrade()
                #expect(try client.readFrame().text == "hi")
            }
            let gauges = try await listener.gauges()
            #expect(gauges.openWebSockets == 3)
            #expect(gauges.connectionsTotal == 3)
            #expect(gauges.receivedByteCount == UInt64(3 * RawClient.upgradeRequest().utf8.count))
            #expect(gauges.sentByteCount > 3 * 100)
            #expect(Set(numbers.current).count == 3)
        }
    }
}
