// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSocketProtocol

@testable import EngineIO

@Suite(.serialized) struct WebSocketTests {
    @Test(arguments: [0, 1, 124, 125, 126, 65_534, 65_535, 65_536, 999_999])
    func `texts of every length come back`(count: Int) async throws {
        try await EngineStage.run { stage in
            let client = try stage.openWebSocket()
            let text = "4" + String(repeating: "x", count: count)
            try client.send(text)
            #expect(try client.readText() == text)
        }
    }

    @Test func `binary data and fragments come back whole`() async throws {
        try await EngineStage.run { stage in
            let client = try stage.openWebSocket()
            try client.send(.binary, [])
            #expect(try client.readFrame() == .init(opcode: .binary, payload: []))
            try client.send(.binary, [1, 2, 3])
            #expect(try client.readFrame() == .init(opcode: .binary, payload: [1, 2, 3]))
            let euro = Array("4€".utf8)
            try client.write(WireClient.frame(.text, Array(euro[..<2]), isFinal: false))
            try client.write(WireClient.frame(.continuation, Array(euro[2...])))
            #expect(try client.readText() == "4€")
        }
    }

    @Test func `faults of the WebSocket close with its codes, as a transport error`() async throws {
        try await EngineStage.run { stage in
            for (bytes, code) in [
                (WireClient.frame(.text, [0x34, 0xFF]), 1007),
                (WireClient.frame(.text, [UInt8](repeating: 0x34, count: 1_000_001)), 1009),
                ([0x81, 0x01, 0x34], 1002),
            ] {
                let client = try stage.openWebSocket()
                try client.write(bytes)
                let frame = try client.readFrame()
                #expect(frame.opcode == .close)
                #expect(frame.closeCode == code)
            }
            let events = await stage.happenings.all { $0.count(where: { $0 == "closed: transport error" }) == 3 }
            #expect(events.count(where: { $0 == "closed: transport error" }) == 3)
        }
    }

    @Test func `pings of the WebSocket are answered, and its close is echoed`() async throws {
        try await EngineStage.run { stage in
            let client = try stage.openWebSocket()
            try client.send(.ping, [1])
            #expect(try client.readFrame() == .init(opcode: .pong, payload: [1]))
            try client.send(.close, [0x03, 0xE8])
            #expect(try client.readFrame().closeCode == 1000)
            #expect(try client.isClosed())
            let events = await stage.happenings.all(with: "closed: transport close")
            #expect(events == ["opened websocket", "closed: transport close"])
        }
    }

    @Test(arguments: [
        ("1", "transport close"), ("2", "transport error"), ("2probe", "transport error"), ("", "parse error"),
        ("abc", "parse error"), ("7", "parse error"), ("b*", "parse error"),
    ])
    func `packets that end a session close the WebSocket at once, without a code`(text: String, reason: String)
        async throws
    {
        try await EngineStage.run { stage in
            let client = try stage.openWebSocket()
            try client.send(text)
            #expect(try client.readFrame() == .init(opcode: .close, payload: []))
            #expect(await stage.happenings.all(with: "closed: \(reason)").last == "closed: \(reason)")
            #expect(stage.endpoint.gauges.webSocketSessions == 0)
        }
    }

    @Test func `stray packets are ignored`() async throws {
        try await EngineStage.run { stage in
            let client = try stage.openWebSocket()
            for text in ["3", "3probe", "5", "6", "0{}", "4still here"] { try client.send(text) }
            #expect(try client.readText() == "4still here")
        }
    }

    @Test func `a client without binary data gets text, and may send it`() async throws {
        try await EngineStage.run { stage in
            let client = try stage.openWebSocket("&b64=1")
            try client.send("bAQI=")
            #expect(try client.readText() == "bAQI=")
            try client.send(.binary, [3])
            #expect(try client.readText() == "bAw==")
            try client.send("4text")
            #expect(try client.readText() == "4text")
            let other = try stage.openWebSocket()
            try other.send("bAQI=")
            #expect(try other.readFrame() == .init(opcode: .binary, payload: [1, 2]))
        }
    }

    @Test func `the first subprotocol offered is chosen`() async throws {
        try await EngineStage.run { stage in
            let response = try stage.connect().upgrade(EngineStage.webSocket, "Sec-WebSocket-Protocol: a, b\r\n")
            #expect(response.status == 101)
            #expect(response.headers["sec-websocket-protocol"] == "a")
        }
    }

    @Test func `a session on a WebSocket is neither polled nor given another WebSocket`() async throws {
        try await EngineStage.run { stage in
            let client = try stage.connect()
            try client.upgrade(EngineStage.webSocket)
            let session = EngineStage.polling + "&sid=" + (try EngineStage.sid(try client.readText()))
            for method in ["GET", "POST"] {
                #expect(try stage.ask(method, session, body: "4x").body == #"{"code":3,"message":"Bad request"}"#)
            }
            let other = try stage.candidate(session)
            #expect(try other.readFrame() == .init(opcode: .close, payload: []))
            try client.send("4x")
            #expect(try client.readText() == "4x")
        }
    }

    @Test func `a slow reader is given up as a transport error`() async throws {
        try await EngineStage.run { stage in
            let client = try stage.openWebSocket()
            // Five megabytes each; what the sockets between take is less than eight of them.
            for _ in 0..<8 { try client.send("4much") }
            #expect(await stage.happenings.all(with: "closed: transport error").last == "closed: transport error")
        }
    }

    @Test func `a handler that does not receive loses nothing`() async throws {
        try await EngineStage.run { stage in
            let client = try stage.openWebSocket()
            try client.write(WireClient.frame(.text, Array("4pause".utf8)) + WireClient.frame(.text, Array("4a".utf8)))
            #expect(try client.readText() == "4a")
            #expect(stage.happenings.all == ["opened websocket", "text pause", "resumed", "text a"])
        }
    }
}
