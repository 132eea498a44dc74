// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import Testing
import WebSocketProtocol

@Suite struct EngineIOServerTests {
    @Test func `a program serves sessions with the public interface`() async throws {
        let happenings = Happenings()
        let server = EngineIOServer()
        server.onConnection { session in
            happenings.append("\(session.remoteAddress) \(session.target)")
            session.onMessage { message in
                session.send(message)
                if message == .text("leave") { session.close() }
            }
            session.onClose { happenings.append("\($0)") }
            session.send("welcome")
        }
        let port = try await server.listen(port: 0)
        await #expect(throws: EngineIOServer.AlreadyListening.self) { try await server.listen(port: 0) }
        let client = try WireClient(port: port)
        try client.upgrade(EngineStage.webSocket)
        _ = try client.readText()
        #expect(try client.readText() == "4welcome")
        try client.send("4hello")
        #expect(try client.readText() == "4hello")
        try client.send(.binary, [7])
        #expect(try client.readFrame().payload == [7])
        try client.send("4leave")
        #expect(try client.readText() == "4leave")
        #expect(try client.readFrame().opcode == .close)
        try client.send(.close)
        let other = try WireClient(port: port)
        let opening = try other.ask("GET", EngineStage.polling)
        #expect(opening.body.hasSuffix("\u{1e}4welcome"))
        #expect(await happenings.all(with: "forced close").first == "127.0.0.1 \(EngineStage.webSocket)")
        try await server.shutdown()
        #expect(happenings.all.last == "server shutting down")
        #expect(throws: WireClient.Fault.self) { try WireClient(port: port) }
    }
}
