// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization
import Testing

@testable import SwitchboardClient

/// A client can be closed, and whatever waits for it cancelled, in every state; nothing is left of it.
@Suite(.timeLimit(.minutes(2)))
struct EndingTests {
    private func client(
        _ address: String, _ configuration: ClientConfiguration = ReconnectTests.quick
    ) throws -> EventClient {
        try EventClient(address, dialect: TestContract.dialect, configuration: configuration)
    }

    /// The client's inner half lives as long as anything of it is under way.
    private func expectGone(_ make: () async throws -> EventClient) async throws {
        let box = WeakBox()
        do {
            let client = try await make()
            let core = client.core
            try await client.loop.eventLoop.submit { box.core = core.value }.get()
        }
        try await eventually("the end of the client") { box.core == nil }
    }

    private final class WeakBox: @unchecked Sendable {
        weak var core: ClientCore?
    }

    @Test func `before it is connected`() async throws {
        let server = try await ScriptedServer.start()
        let client = try self.client(server.address)
        let events = Recorder(client.events(OrderCreated.self, on: "order:7"))
        await client.close()
        try await events.end()
        client.connect()
        client.reconnect()
        await client.close()
        #expect(server.heads.isEmpty)
        await server.stop()
    }

    @Test func `while it asks for a token`() async throws {
        let server = try await ScriptedServer.start()
        let wasCancelled = Mutex(false)
        var configuration = ReconnectTests.quick
        configuration.token = {
            do { try await Task.sleep(for: .seconds(60)) } catch {
                wasCancelled.withLock { $0 = true }
                throw error
            }
            return ""
        }
        let client = try self.client(server.address, configuration)
        let states = Recorder(client.states)
        client.connect()
        await client.close()
        try await states.end()
        try await eventually("the end of the question") { wasCancelled.withLock { $0 } }
        #expect(server.heads.isEmpty)
        await server.stop()
    }

    @Test func `while the server does not answer the handshake`() async throws {
        let server = try await ScriptedServer.start(.init(shakesHands: false))
        let client = try self.client(server.address)
        let opening = Task { try await client.open() }
        try await eventually("the handshake") { server.heads.count == 1 }
        opening.cancel()
        await #expect(throws: CancellationError.self) { try await opening.value }
        await client.close()
        try await eventually("no connection") { server.openCount == 0 }
        await server.stop()
    }

    @Test func `while the server does not welcome it`() async throws {
        let server = try await ScriptedServer.start()
        let client = try self.client(server.address)
        client.connect()
        try await eventually("the handshake") { server.heads.count == 1 }
        await client.close()
        try await eventually("no connection") { server.openCount == 0 }
        await server.stop()
    }

    @Test(arguments: [false, true])
    func `servers that never answer are left in time`(shakesHands: Bool) async throws {
        let server = try await ScriptedServer.start(.init(shakesHands: shakesHands))
        var configuration = ClientConfiguration()
        configuration.connectTimeout = .seconds(1)
        configuration.schedule = ReconnectSchedule(first: .milliseconds(1), attempts: 1)
        let client = try self.client(server.address, configuration)
        let fault = await #expect(throws: ClientFault.self) { try await client.open() }
        #expect(fault?.code == .timedOut)
        try await eventually("both tries") { server.heads.count == 2 }
        try await eventually("no connection") { server.openCount == 0 }
        await client.close()
        await server.stop()
    }

    @Test func `while it waits for its next try`() async throws {
        let port = try TestServer.freePort()
        var configuration = ClientConfiguration()
        configuration.schedule = ReconnectSchedule(first: .seconds(60))
        let client = try self.client("ws://127.0.0.1:\(port)/ws", configuration)
        let states = Recorder(client.states)
        let fault = await #expect(throws: ClientFault.self) { try await client.open(within: .milliseconds(300)) }
        #expect(fault?.code == .unreachable)
        let opening = Task { try await client.open() }
        await client.close()
        let closed = await #expect(throws: ClientFault.self) { try await opening.value }
        #expect(closed?.code == .closed)
        #expect(try await states.end().last?.isFinal == true)
    }

    @Test func `while it is open, with everything under way`() async throws {
        let server = try await ScriptedServer.start(.init(greeting: ScriptedServer.frame(#"{"type":"connected"}"#)))
        let client = try self.client(server.address)
        let events = Recorder(client.events(OrderCreated.self, on: "order:7", buffering: .everything(1)))
        let command = Task { try await client.send(Stats()) }
        try await client.open()
        let waiting = Task { try await client.subscribed(to: "order:7") }
        try await eventually("both messages") { server.texts.count == 2 }
        await client.close()
        try await events.end()
        for fault in [
            await #expect(throws: ClientFault.self) { _ = try await command.value },
            await #expect(throws: ClientFault.self) { try await waiting.value },
        ] { #expect(fault?.code == .closed) }
        try await eventually("no connection") { server.openCount == 0 }
        await server.stop()
    }

    @Test func `when it is closed twice at once, and by a task that is cancelled`() async throws {
        try await withServer { server in
            let client = try self.client(server.address)
            try await client.open()
            let closing = (0..<4).map { _ in Task { await client.close() } }
            closing[0].cancel()
            for task in closing { await task.value }
            try await server.wait("no connection") { $0.connections == 0 }
        }
    }

    @Test func `a client that nobody has any more is closed, and nothing keeps it`() async throws {
        try await withServer { server in
            try await self.expectGone {
                let client = try self.client(server.address)
                let events = client.events(OrderCreated.self, on: "order:7")
                try await client.open()
                try await client.subscribed(to: "order:7")
                _ = try await client.send(Stats())
                try await server.publishOrder("7", 1)
                for try await _ in events { break }
                return client
            }
            try await server.wait("no connection") { $0.connections == 0 }
        }
        let port = try TestServer.freePort()
        try await self.expectGone {
            let client = try self.client("ws://127.0.0.1:\(port)/ws")
            try? await client.open(within: .milliseconds(100))
            return client
        }
    }

    @Test func `a sequence keeps its client`() async throws {
        try await withServer { server in
            func events() async throws -> EventSequence<Received<OrderCreated>> {
                let client = try self.client(server.address)
                try await client.open()
                let events = client.events(OrderCreated.self, on: "order:7")
                try await client.subscribed(to: "order:7")
                return events
            }
            let recorder = Recorder(try await events())
            try await server.publishOrder("7", 1)
            try await recorder.wait(for: 1)
            recorder.cancel()
            try await server.wait("no connection") { $0.connections == 0 }
        }
    }
}
