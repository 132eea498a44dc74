// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSocketProtocol

@testable import EngineIO

/// Each with a session and its WebSocket on one loop, and on loops that differ as the kernel likes.
@Suite(.serialized) struct UpgradeTests {
    @Test(arguments: [1, 3])
    func `a probe is answered, the GET that waits ends with 6, and what waits comes behind 5`(loopCount: Int)
        async throws
    {
        try await EngineStage.run(loopCount: loopCount) { stage in
            for _ in 0..<4 {
                let session = try stage.open()
                let get = try stage.connect()
                try get.write(WireClient.request("GET", session))
                let socket = try stage.candidate(session)
                try socket.send("2probe")
                #expect(try socket.readText() == "3probe")
                #expect(try get.readResponse().body == "6")
                #expect(try stage.post(session, "4a\u{1e}bAQI=").body == "ok")
                #expect(try stage.post(session, "4b").body == "ok")
                try socket.send("5")
                #expect(try socket.readText() == "4a")
                #expect(try socket.readFrame() == .init(opcode: .binary, payload: [1, 2]))
                #expect(try socket.readText() == "4b")
                try socket.send("4c")
                #expect(try socket.readText() == "4c")
                #expect(try stage.ask("GET", session).body == #"{"code":3,"message":"Bad request"}"#)
                #expect(try stage.post(session, "4x").body == #"{"code":3,"message":"Bad request"}"#)
            }
            #expect(stage.endpoint.gauges.upgradesTotal == 4)
            #expect(await stage.sessionCount(once: 0) == 0)
        }
    }

    @Test(arguments: [1, 3])
    func `probe, upgrade and a message may come in one segment, without a poll`(loopCount: Int) async throws {
        try await EngineStage.run(loopCount: loopCount) { stage in
            for _ in 0..<4 {
                let session = try stage.open()
                let socket = try stage.candidate(session)
                try socket.write(["2probe", "5", "4a", "4b"].flatMap { WireClient.frame(.text, Array($0.utf8)) })
                for text in ["3probe", "4a", "4b"] { #expect(try socket.readText() == text) }
            }
        }
    }

    @Test func `the upgrade may come on a connection that was polled on`() async throws {
        try await EngineStage.run { stage in
            let client = try stage.connect()
            let sid = try EngineStage.sid(try client.ask("GET", EngineStage.polling).body)
            #expect(try client.upgrade(EngineStage.webSocket + "&sid=" + sid).status == 101)
            try client.send("2probe")
            #expect(try client.readText() == "3probe")
            try client.send("5")
            try client.send("4x")
            #expect(try client.readText() == "4x")
        }
    }

    @Test(arguments: [1, 3])
    func `whatever goes wrong with a candidate, polling lives on and another may succeed`(loopCount: Int) async throws {
        var configuration = EngineConfiguration()
        configuration.upgradeTimeout = 200
        try await EngineStage.run(configuration, loopCount: loopCount) { stage in
            let session = try stage.open()
            for packets in [["40"], ["2"], ["2probe", "4x"], ["2probe", "2probe"], ["2probe", "1"], ["3"]] {
                let socket = try stage.candidate(session)
                for packet in packets { try socket.send(packet) }
                var frame = try socket.readFrame()
                if frame.text == "3probe" { frame = try socket.readFrame() }
                #expect(frame == .init(opcode: .close, payload: []))
                #expect(try stage.post(session, "4lives").body == "ok")
                #expect(try stage.poll(session) == "4lives")
            }
            // One that says nothing, one that goes away.
            let silent = try stage.candidate(session)
            #expect(try silent.readFrame() == .init(opcode: .close, payload: []))
            _ = try stage.candidate(session)
            var body: String?
            repeat {
                let socket = try stage.candidate(session)
                try socket.send("2probe")
                // Until the server has seen that the last one went away.
                guard try socket.readFrame().opcode == .text else { continue }
                try socket.send("5")
                try socket.send("4upgraded")
                body = try socket.readText()
            } while body == nil
            #expect(body == "4upgraded")
        }
    }

    @Test(arguments: [1, 3])
    func `a second WebSocket is opened and closed, and the first is not disturbed`(loopCount: Int) async throws {
        try await EngineStage.run(loopCount: loopCount) { stage in
            let session = try stage.open()
            let first = try stage.candidate(session)
            try first.send("2probe")
            #expect(try first.readText() == "3probe")
            #expect(try stage.candidate(session).readFrame() == .init(opcode: .close, payload: []))
            try first.send("5")
            try first.send("4a")
            #expect(try first.readText() == "4a")
            #expect(try stage.candidate(session).readFrame() == .init(opcode: .close, payload: []))
            try first.send("4b")
            #expect(try first.readText() == "4b")
        }
    }

    @Test(arguments: [1, 3])
    func `the end of a session while it is being upgraded closes the candidate`(loopCount: Int) async throws {
        try await EngineStage.run(loopCount: loopCount) { stage in
            let session = try stage.open()
            let socket = try stage.candidate(session)
            try socket.send("2probe")
            #expect(try socket.readText() == "3probe")
            #expect(try stage.post(session, "1").body == "ok")
            #expect(try socket.readFrame() == .init(opcode: .close, payload: []))
        }
    }

    @Test func `a GET that waits when the upgrade comes is told that polling is over`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let get = try stage.waitingGET(session)
            let socket = try stage.candidate(session)
            try socket.send("5")
            let response = try get.readResponse()
            #expect(response.status == 400)
            #expect(response.body == #"{"code":3,"message":"Bad request"}"#)
            try socket.send("4x")
            #expect(try socket.readText() == "4x")
        }
    }

    @Test func `a message may begin by POST and go on over the WebSocket`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let socket = try stage.candidate(session)
            try socket.send("2probe")
            #expect(try socket.readText() == "3probe")
            #expect(try stage.post(session, "4header").body == "ok")
            try socket.send("5")
            try socket.send(.binary, [9])
            #expect(try socket.readText() == "4header")
            #expect(try socket.readFrame().payload == [9])
            #expect(stage.happenings.all == ["opened polling", "text header", "binary [9]"])
        }
    }

    @Test func `a body that is arriving when the upgrade comes is still taken`() async throws {
        try await EngineStage.run { stage in
            let session = try stage.open()
            let post = try stage.connect()
            try post.write("POST \(session) HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n4po")
            let socket = try stage.candidate(session)
            for text in ["2probe", "5", "4socket"] { try socket.send(text) }
            #expect(try socket.readText() == "3probe")
            #expect(try socket.readText() == "4socket")
            try post.write("st")
            #expect(try post.readResponse().body == "ok")
            #expect(try socket.readText() == "4post")
        }
    }
}
