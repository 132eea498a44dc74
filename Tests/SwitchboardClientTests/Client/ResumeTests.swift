// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import SwitchboardClient

@Suite(.timeLimit(.minutes(2)))
struct ResumeTests {
    private static let dialect: Dialect = {
        var dialect = TestContract.dialect
        dialect.subscribed?.recovered = "recovered"
        return dialect
    }()

    /// Confirms `a` and `b`, sends one event, and answers pings while it may.
    private func server(
        isRecovered: Bool = true, answersPings: @escaping @Sendable () -> Bool
    ) async throws -> ScriptedServer {
        let count = Mutex(0)
        return try await ScriptedServer.start(
            .init(greeting: ScriptedServer.frame(#"{"type":"connected"}"#)) { text in
                if text.contains("ping") {
                    return answersPings() ? ScriptedServer.frame(#"{"type":"pong"}"#) : []
                }
                guard text.contains("subscribe") else { return [] }
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                let confirmations = ["a", "b"].map {
                    #"{"type":"subscribed","channel":"\#($0)","recovered":\#(isRecovered)}"#
                }
                let event = #"{"event":"order.created","data":{"orderId":"7","n":\#(number)},"id":"p-\#(number)"}"#
                return (confirmations + [event]).flatMap(ScriptedServer.frame)
            })
    }

    private func client(_ server: ScriptedServer) throws -> EventClient {
        try EventClient(server.address, dialect: Self.dialect, configuration: ReconnectTests.quick)
    }

    @Test func `a connection that ends before all that was missed has come is taken up from where it was before`()
        async throws
    {
        let answers = Mutex(false)
        let server = try await self.server { answers.withLock(\.self) }
        let client = try self.client(server)
        let events = Recorder(client.events(OrderCreated.self, on: "a"))
        let others = Recorder(client.events(OrderCreated.self, on: "b"))
        let frames = Recorder(client.rawFrames)
        try await client.open()
        for number in 1...4 {
            // The first connection misses nothing, and asks nothing.
            try await events.wait(for: number)
            let pings = number - 1
            try await eventually("a ping") { server.texts.filter { $0.contains("ping") }.count == pings }
            if number == 4 { try await frames.wait { $0.text?.contains("pong") == true } }
            answers.withLock { $0 = number == 3 }
            client.reconnect()
        }
        try await events.wait(for: 5)
        let asked = server.texts.filter { $0.contains("subscribe") }
        #expect(asked.count >= 5)
        let places = asked.prefix(5).map { text in
            ["p-1", "p-2", "p-3", "p-4"].first { text.contains("\"since\":\"\($0)\"") }
        }
        #expect(places == [nil, "p-1", "p-1", "p-1", "p-4"])
        _ = others
        await client.close()
        await server.stop()
    }

    @Test func `a gap that the server cannot fill is told, and none where nothing was missed`() async throws {
        let server = try await self.server(isRecovered: false) { true }
        let client = try self.client(server)
        let faults = Recorder(client.faults)
        let events = Recorder(client.events(OrderCreated.self, on: "a"))
        let others = Recorder(client.events(OrderCreated.self, on: "b"))
        try await client.open()
        try await events.wait(for: 1)
        #expect(faults.elements.isEmpty)
        client.reconnect()
        try await faults.wait(for: 2)
        #expect(faults.elements.map(\.code) == [.missed, .missed])
        #expect(Set(faults.elements.compactMap(\.channel)) == ["a", "b"])
        _ = others
        await client.close()
        await server.stop()
    }
}
