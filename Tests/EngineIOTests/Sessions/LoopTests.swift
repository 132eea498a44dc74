// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSocketProtocol

@testable import EngineIO

/// Sessions whose requests come on several loops, and floods of them.
@Suite(.serialized) struct LoopTests {
    @Test func `requests of one session may come on any loop`() async throws {
        try await EngineStage.run(loopCount: 3) { stage in
            for _ in 0..<3 {
                let session = try stage.open()
                for number in 0..<6 {
                    #expect(try stage.post(session, "4\(number)").body == "ok")
                    #expect(try stage.poll(session) == "4\(number)")
                }
            }
        }
    }

    @Test func `errors are the same when requests come on other loops`() async throws {
        try await EngineStage.run(loopCount: 3) { stage in
            for _ in 0..<3 {
                let session = try stage.open()
                let post = try stage.connect()
                try post.write("POST \(session) HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n")
                #expect(try post.readResponse().status == 413)
                #expect(try stage.post(session, "4lives").body == "ok")
                #expect(try stage.poll(session) == "4lives")
                #expect(try stage.post(session, "1").body == "ok")
                #expect(try stage.ask("GET", session).body == #"{"code":1,"message":"Session ID unknown"}"#)
            }
            // A request that is cut off on another loop ends the session too.
            for _ in 0..<3 {
                let session = try stage.open()
                try stage.connect().write("POST \(session) HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n4x")
            }
            #expect(await stage.sessionCount(once: 0) == 0)
        }
    }

    @Test func `a relayed WebSocket keeps the order, pauses, and tells how it ended`() async throws {
        try await EngineStage.run(loopCount: 3) { stage in
            for _ in 0..<3 {
                let session = try stage.open()
                let socket = try stage.candidate(session)
                try socket.write(
                    (["2probe", "5", "4pause"] + (0..<200).map { "4\($0)" })
                        .flatMap { WireClient.frame(.text, Array($0.utf8)) })
                #expect(try socket.readText() == "3probe")
                for number in 0..<200 { #expect(try socket.readText() == "4\(number)") }
                try socket.send("4goodbye")
                #expect(try socket.readText() == "4goodbye")
                #expect(try socket.readFrame() == .init(opcode: .close, payload: []))
            }
            let ended = await stage.happenings.all { $0.count(where: { $0 == "closed: forced close" }) == 3 }
            #expect(ended.count(where: { $0.hasPrefix("closed") }) == 3)
            for _ in 0..<3 {
                let socket = try stage.candidate(try stage.open())
                for text in ["5", "4x"] { try socket.send(text) }
                #expect(try socket.readText() == "4x")
                try socket.write([0x81, 0x01, 0x34])
                #expect(try socket.readFrame().closeCode == 1002)
            }
            let broken = await stage.happenings.all { $0.count(where: { $0 == "closed: transport error" }) == 3 }
            #expect(broken.count(where: { $0 == "closed: transport error" }) == 3)
            #expect(await stage.sessionCount(once: 0) == 0)
        }
    }

    @Test func `a relayed WebSocket that reads slowly is given up`() async throws {
        try await EngineStage.run(loopCount: 3) { stage in
            let socket = try stage.candidate(try stage.open())
            try socket.send("5")
            for _ in 0..<8 { try socket.send("4much") }
            #expect(await stage.happenings.all(with: "closed: transport error").last == "closed: transport error")
        }
    }

    @Test func `a thousand sessions that are dropped leave nothing`() async throws {
        try await EngineStage.run(loopCount: 2) { stage in
            for number in 0..<1000 {
                switch number % 4 {
                case 0: _ = try stage.openWebSocket()
                case 1: _ = try stage.post(try stage.open(), "1")
                case 2: try stage.connect().write(WireClient.request("GET", try stage.open()))
                default:
                    let socket = try stage.candidate(try stage.open())
                    for text in ["2probe", "5"] { try socket.send(text) }
                    _ = try socket.readText()
                }
            }
            #expect(await stage.sessionCount(once: 0) == 0)
            #expect(stage.endpoint.gauges.sessionsTotal == 1000)
            // A handler is told behind the call that ended its session.
            let closings = { (events: [String]) in events.count { $0.hasPrefix("closed") } }
            #expect(closings(await stage.happenings.all { closings($0) == 1000 }) == 1000)
            #expect(stage.endpoint.findableSessionCount == 0)
        }
    }

    @Test func `sessions that are never polled are collected by their ping`() async throws {
        var configuration = EngineConfiguration()
        configuration.pingInterval = 100
        configuration.pingTimeout = 100
        try await EngineStage.run(configuration, loopCount: 2) { stage in
            let start = ContinuousClock.now
            for _ in 0..<100 { _ = try stage.ask("GET", EngineStage.polling) }
            #expect(await stage.sessionCount(once: 0) == 0)
            #expect(ContinuousClock.now - start >= .milliseconds(200))
            #expect(stage.endpoint.gauges.endedTotal[.pingTimeout] == 100)
            #expect(stage.endpoint.findableSessionCount == 0)
        }
    }

    @Test func `a WebSocket is pinged, and given up without a pong`() async throws {
        var configuration = EngineConfiguration()
        configuration.pingInterval = 50
        configuration.pingTimeout = 500
        try await EngineStage.run(configuration) { stage in
            let client = try stage.openWebSocket()
            for _ in 0..<3 {
                #expect(try client.readText() == "2")
                try client.send("3")
            }
            #expect(try client.readText() == "2")
            #expect(try client.readFrame() == .init(opcode: .close, payload: []))
            #expect(await stage.happenings.all(with: "closed: ping timeout").last == "closed: ping timeout")
        }
    }

    @Test func `the pong that is owed stays owed over an upgrade`() async throws {
        var configuration = EngineConfiguration()
        configuration.pingInterval = 50
        configuration.pingTimeout = 1_000
        try await EngineStage.run(configuration) { stage in
            let session = try stage.open()
            #expect(try stage.poll(session) == "2")
            let socket = try stage.candidate(session)
            try socket.send("5")
            try socket.send("4x")
            #expect(try socket.readText() == "4x")
            #expect(try socket.readFrame() == .init(opcode: .close, payload: []))
            #expect(stage.endpoint.gauges.endedTotal[.pingTimeout] == 1)
        }
    }
}
