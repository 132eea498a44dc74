// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSocketProtocol

@testable import EngineIO

@Suite(.serialized) struct ClosingTests {
    private static let unknown = #"{"code":1,"message":"Session ID unknown"}"#

    @Test func `an orderly close answers the GET that waits with 1, or the next one`() async throws {
        try await EngineStage.run { stage in
            let waiting = try stage.open()
            let get = try stage.waitingGET(waiting)
            #expect(try stage.post(waiting, "4close").body == "ok")
            #expect(try get.readResponse().body == "1")
            #expect(try stage.poll(waiting) == Self.unknown)
            let other = try stage.open()
            #expect(try stage.post(other, "4close").body == "ok")
            #expect(try stage.poll(other) == "1")
            #expect(try stage.poll(other) == Self.unknown)
            let events = await stage.happenings.all { $0.count == 6 }
            #expect(events.filter { $0 == "closed: forced close" }.count == 2)
        }
    }

    @Test func `what was sent before a close comes before it, and on polling never in one body with it`() async throws {
        try await EngineStage.run { stage in
            let waiting = try stage.open()
            let get = try stage.waitingGET(waiting)
            #expect(try stage.post(waiting, "4goodbye\u{1e}4too late").body == "ok")
            #expect(try get.readResponse().body == "4goodbye")
            #expect(try stage.poll(waiting) == "1")
            #expect(try stage.poll(waiting) == Self.unknown)
            let socket = try stage.openWebSocket()
            try socket.send("4goodbye")
            try socket.send("4too late")
            #expect(try socket.readText() == "4goodbye")
            #expect(try socket.readFrame() == .init(opcode: .close, payload: []))
            #expect(await stage.sessionCount(once: 0) == 0)
            #expect(!stage.happenings.all.contains("text too late"))
        }
    }

    @Test func `a close that asks clients to come back ends polling with an error and a WebSocket with its code`()
        async throws
    {
        try await EngineStage.run { stage in
            let waiting = try stage.open()
            let get = try stage.waitingGET(waiting)
            #expect(try stage.post(waiting, "4restart").body == "ok")
            #expect(try get.readResponse().status == 503)
            let socket = try stage.openWebSocket()
            try socket.send("4restart")
            #expect(try socket.readFrame().closeCode == 1001)
        }
    }

    @Test(arguments: [1, 3])
    func `the end of the server tells everyone once, and lets nobody in`(loopCount: Int) async throws {
        try await EngineStage.run(loopCount: loopCount) { stage in
            let waiting = try stage.open()
            let get = try stage.waitingGET(waiting)
            if loopCount > 1 {
                // The GET may have come on another loop: then it has arrived when this has been answered.
                #expect(try stage.post(waiting, "4x").body == "ok")
                #expect(try get.readResponse().body == "4x")
                try get.write(WireClient.request("GET", waiting))
            }
            _ = try stage.open()
            let socket = try stage.openWebSocket()
            let upgraded = try stage.open()
            let candidate = try stage.candidate(upgraded)
            for text in ["2probe", "5"] { try candidate.send(text) }
            #expect(try candidate.readText() == "3probe")
            try candidate.send("4x")
            #expect(try candidate.readText() == "4x")
            await stage.endpoint.closeAll(.serverShuttingDown)
            #expect(stage.happenings.all.count(where: { $0 == "closed: server shutting down" }) == 4)
            if loopCount == 1 { #expect(try get.readResponse().status == 503) }
            #expect(try socket.readFrame().closeCode == 1001)
            #expect(try candidate.readFrame().closeCode == 1001)
            #expect(try stage.ask("GET", EngineStage.polling).status == 503)
            #expect(try stage.connect().upgrade(EngineStage.webSocket).status == 503)
            #expect(stage.endpoint.gauges.pollingSessions == 0)
            #expect(stage.endpoint.gauges.webSocketSessions == 0)
        }
    }
}
