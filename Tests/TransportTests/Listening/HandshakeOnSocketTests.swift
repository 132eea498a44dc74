// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import NIOCore
import Testing
import Transport
import WebSocketProtocol

@Suite(.serialized) struct HandshakeOnSocketTests {
    @Test func `the 101 and what the session sends when it opens leave in one write, in order`() async throws {
        var application = TestApplication()
        application.onOpened = { port in
            port.send(frame("welcome"))
            port.send(frame("again"))
        }
        try await withListener(application) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(RawClient.upgradeRequest())
            let first = String(decoding: try client.receiveOnce(), as: UTF8.self)
            #expect(first.hasPrefix("HTTP/1.1 101 "))
            #expect(first.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
            #expect(first.hasSuffix("\r\n\r\n\u{FFFD}\u{7}welcome\u{FFFD}\u{5}again"))
        }
    }

    @Test func `a request head that arrives byte by byte is accepted`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            for byte in RawClient.upgradeRequest().utf8 { try client.write([byte]) }
            #expect(try client.readHead().hasPrefix("HTTP/1.1 101 "))
            try client.send(text: "hello")
            #expect(try client.readFrame().text == "hello")
        }
    }

    @Test func `frames glued to the handshake are received`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            let frames = RawClient.frame(.text, [0x61]) + RawClient.frame(.text, [0x62])
            try client.write(Array(RawClient.upgradeRequest().utf8) + frames)
            #expect(try client.readHead().hasPrefix("HTTP/1.1 101 "))
            #expect(try client.readFrame().text == "a")
            #expect(try client.readFrame().text == "b")
        }
    }

    @Test func `a handshake that is not finished in time is closed`() async throws {
        try await withListener(TestApplication(), configure: { $0.headDeadline = .milliseconds(50) }) { listener in
            let silent = try RawClient(port: listener.port)
            let slow = try RawClient(port: listener.port)
            try slow.write("GET /ws HTTP/1.1\r\nHost:")
            #expect(try silent.isClosed())
            #expect(try slow.isClosed())
            #expect(try await listener.gauges(once: { $0.openConnections == 0 }).openConnections == 0)
        }
    }

    @Test func `a head over the limit is answered with 431`() async throws {
        try await withListener(TestApplication(), configure: { $0.maximumHeadByteCount = 1024 }) { listener in
            let client = try RawClient(port: listener.port)
            try client.write("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 2000))
            #expect(try client.readResponse().status == 431)
            #expect(try client.isClosed())
        }
    }

    @Test(arguments: ["\u{16}\u{3}\u{1}\u{2}", "GET / HTTP/1.1\n\n", "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"])
    func `what is not HTTP is answered with 400 and closed`(bytes: String) async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(bytes)
            #expect(try client.readResponse().status == 400)
            #expect(try client.isClosed())
        }
    }

    @Test func `a version other than 13 is refused with 426`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(
                RawClient.upgradeRequest().replacing("Version: 13", with: "Version: 8"))
            let response = try client.readResponse()
            #expect(response.status == 426)
            #expect(response.head.contains("Sec-WebSocket-Version: 13\r\n"))
            #expect(try await listener.gauges().refusedUpgradesTotal == 1)
        }
    }

    @Test func `the application's refusal is the answer`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.write(RawClient.upgradeRequest(path: "/elsewhere"))
            #expect(try client.readResponse().status == 404)
            #expect(try client.isClosed())
        }
    }

    @Test func `ALL-D03 a page of another origin is refused with 403 before the upgrade`() async throws {
        var application = TestApplication()
        application.origins = OriginPolicy(["https://example.com"])
        try await withListener(application) { listener in
            let stranger = try RawClient(port: listener.port)
            try stranger.write(RawClient.upgradeRequest(extraHeaders: "Origin: https://evil.example\r\n"))
            #expect(try stranger.readResponse().status == 403)
            let friend = try RawClient(port: listener.port)
            let answer = try friend.upgrade(extraHeaders: "Origin: https://example.com\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 101 "))
            let script = try RawClient(port: listener.port)
            #expect(try script.upgrade().hasPrefix("HTTP/1.1 101 "))
        }
    }

    @Test func `a chosen subprotocol is named only if it was offered`() async throws {
        var application = TestApplication()
        application.settings.subprotocol = "v1"
        try await withListener(application) { listener in
            let offering = try RawClient(port: listener.port)
            let answer = try offering.upgrade(extraHeaders: "Sec-WebSocket-Protocol: v0, v1\r\n")
            #expect(answer.contains("Sec-WebSocket-Protocol: v1\r\n"))
            let silent = try RawClient(port: listener.port)
            #expect(try !silent.upgrade().contains("Sec-WebSocket-Protocol"))
        }
    }

    @Test func `an upgrade on a connection that has served requests works`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            try client.write("GET /one HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.readResponse().body == "GET /one ")
            try client.upgrade()
            try client.send(text: "after")
            #expect(try client.readFrame().text == "after")
        }
    }

    @Test func `an upgrade pipelined behind a request, with frames behind it, works`() async throws {
        try await withListener(TestApplication()) { listener in
            let client = try RawClient(port: listener.port)
            let bytes =
                Array("GET /one HTTP/1.1\r\nHost: a\r\n\r\n".utf8) + Array(RawClient.upgradeRequest().utf8)
                + RawClient.frame(.text, [0x61])
            try client.write(bytes)
            #expect(try client.readResponse().body == "GET /one ")
            #expect(try client.readHead().hasPrefix("HTTP/1.1 101 "))
            #expect(try client.readFrame().text == "a")
            try client.send(text: "b")
            #expect(try client.readFrame().text == "b")
        }
    }
}
