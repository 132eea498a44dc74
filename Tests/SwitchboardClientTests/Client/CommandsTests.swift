// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import SwitchboardClient

@Suite(.timeLimit(.minutes(2)))
struct CommandsTests {
    private func client(_ address: String, _ configuration: ClientConfiguration = .init()) throws -> EventClient {
        try EventClient(address, dialect: TestContract.dialect, configuration: configuration)
    }

    @Test func `a command is answered with its type`() async throws {
        try await withServer { server in
            let client = try self.client(server.address)
            try await client.open()
            for number in 1...2 { try await server.publishOrder("7", number) }
            let history = try await client.send(History(channel: "order:7"))
            #expect(history.messages.map(\.data) == [.init(orderId: "7", n: 1), .init(orderId: "7", n: 2)])
            #expect(try await client.send(Stats()).connections == 1)
            await client.close()
        }
    }

    @Test func `many commands at once each get their own answer`() async throws {
        try await withServer { server in
            let client = try self.client(server.address)
            try await client.open()
            for order in 1...20 { try await server.publishOrder("\(order)", order) }
            try await withThrowingTaskGroup(of: (Int, History.Answer).self) { group in
                for order in 1...20 {
                    group.addTask { (order, try await client.send(History(channel: "order:\(order)"))) }
                }
                // The frames do not say whose they are: answers come in the order of the questions.
                var answered: Set<Int> = []
                for try await (_, answer) in group { answered.formUnion(answer.messages.compactMap(\.data.n)) }
                #expect(answered == Set(1...20))
            }
            await client.close()
        }
    }

    @Test func `a refused command throws what the server says`() async throws {
        try await withServer { server in
            let client = try self.client(server.address)
            try await client.open()
            let fault = await #expect(throws: ClientFault.self) { try await client.send(History(channel: nil)) }
            #expect(fault?.code == .command && fault?.serverCode == "invalidMessage")
            #expect(try await client.send(Stats()).connections == 1)
            await client.close()
        }
    }

    @Test func `an answer of another shape is a fault`() async throws {
        let script = ScriptedServer.Script(
            greeting: ScriptedServer.frame(#"{"type":"connected"}"#),
            answer: { _ in ScriptedServer.frame(#"{"type":"stats","data":{"connections":"many"}}"#) })
        let server = try await ScriptedServer.start(script)
        let client = try self.client(server.address)
        try await client.open()
        let fault = await #expect(throws: ClientFault.self) { try await client.send(Stats()) }
        #expect(fault?.code == .payload)
        await client.close()
        await server.stop()
    }

    @Test func `a command without an answer in time fails, and one that is cancelled, and the next ones do not`()
        async throws
    {
        let greeting = ScriptedServer.frame(#"{"type":"connected"}"#)
        let server = try await ScriptedServer.start(.init(greeting: greeting))
        let client = try self.client(server.address)
        try await client.open()
        let fault = await #expect(throws: ClientFault.self) {
            try await client.send(Stats(), within: .milliseconds(50))
        }
        #expect(fault?.code == .timedOut)
        let cancelled = Task { try await client.send(Stats()) }
        try await eventually("the second question") { server.texts.count == 2 }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        // The answers to both come late, and are nobody's.
        let answer = ScriptedServer.frame(#"{"type":"stats","data":{"connections":1}}"#)
        server.script = .init(
            greeting: greeting,
            answer: { _ in answer + answer + ScriptedServer.frame(#"{"type":"stats","data":{"connections":3}}"#) })
        #expect(try await client.send(Stats()).connections == 3)
        await client.close()
        await server.stop()
    }

    @Test func `commands wait for a connection, up to a number`() async throws {
        try await withServer { server in
            var configuration = ClientConfiguration()
            configuration.queueLimit = 3
            let client = try self.client(server.address, configuration)
            let waiting = (0..<3).map { _ in Task { try await client.send(Stats()) } }
            // Each is counted as soon as the loop has it.
            try await eventually("a full queue") { await client.queueCount == 3 }
            let full = await #expect(throws: ClientFault.self) { try await client.send("ping") }
            #expect(full?.code == .queueFull)
            try await client.open()
            for task in waiting { #expect(try await task.value.connections == 1) }
            await client.close()
            let fault = await #expect(throws: ClientFault.self) { try await client.send(Stats()) }
            #expect(fault?.code == .closed)
        }
    }

    @Test func `a command whose connection ends before the answer fails as lost`() async throws {
        let greeting = ScriptedServer.frame(#"{"type":"connected"}"#)
        let server = try await ScriptedServer.start(
            .init(greeting: greeting, answer: { _ in [0x88, 0x02, 0x03, 0xE9] }))
        let client = try self.client(server.address)
        try await client.open()
        let fault = await #expect(throws: ClientFault.self) { try await client.send(Stats()) }
        #expect(fault?.code == .lost && fault?.serverCode == "1001")
        await client.close()
        await server.stop()
    }
}

extension EventClient {
    /// Commands that wait for a connection.
    fileprivate var queueCount: Int {
        get async {
            let core = self.core
            return (try? await core.eventLoop.submit { core.value.commands.queueCount }.get()) ?? -1
        }
    }
}
