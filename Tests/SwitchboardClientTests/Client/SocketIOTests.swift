// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SwitchboardClient

@Suite(.timeLimit(.minutes(2)))
struct SocketIOTests {
    private static let tokens =
        "{ required: true, tokens: [ { jwt: auth.token } ], keys: { secret: \"\(TestContract.secret)\" } }"

    private func client(
        _ port: Int, _ configuration: ClientConfiguration = ReconnectTests.quick,
        dialect: Dialect = TestContract.socketIODialect
    ) throws -> EventClient {
        try EventClient("http://127.0.0.1:\(port)", dialect: dialect, configuration: configuration)
    }

    @Test(arguments: [ClientConfiguration.Transport.webSocket, .polling])
    func `events, subscriptions and answers`(transport: ClientConfiguration.Transport) async throws {
        try await withServer({ TestContract.socketIO(port: $0) }) { server in
            var configuration = ReconnectTests.quick
            configuration.transport = transport
            let client = try self.client(server.port, configuration)
            let events = Recorder(client.events(OrderCreated.self, on: "order:7"))
            try await client.open()
            try await client.subscribed(to: "order:7")
            for number in 1...3 { try await server.publishOrder("7", number) }
            let all = try await events.wait(for: 3)
            #expect(all.map(\.n) == [1, 2, 3] && all.allSatisfy { $0.id != nil })
            #expect(try await client.send(Stats()).connections == 1)
            events.cancel()
            try await server.wait("no subscription") { $0.subscriptions == 0 }
            await client.close()
            try await server.wait("no connection") { $0.connections == 0 }
        }
    }

    @Test func `refusals reach those whom they concern`() async throws {
        try await withServer({ TestContract.socketIO(port: $0) }) { server in
            var dialect = TestContract.socketIODialect
            dialect.subscribe = .init(name: "subscribe", channel: "vault", prefix: "vault:")
            let client = try self.client(server.port, dialect: dialect)
            let refused = Recorder(client.events(OrderCreated.self, on: "vault:1"))
            let unspeakable = Recorder(client.events(OrderCreated.self, on: "order:1"))
            try await client.open()
            try await refused.end()
            #expect((refused.error as? ClientFault)?.serverCode == "forbidden")
            try await unspeakable.end()
            #expect((unspeakable.error as? ClientFault)?.code == .channel)
            let fault = await #expect(throws: ClientFault.self) { try await client.send(History(channel: "order:7")) }
            #expect(fault?.code == .command)
            await client.close()
        }
    }

    @Test func `several channels are asked for at once, and one that is refused refuses no other`() async throws {
        try await withServer({ TestContract.socketIO(port: $0) }) { server in
            var dialect = TestContract.socketIODialect
            dialect.subscribe = .init(name: "subscribe:several", channels: "names")
            let client = try self.client(server.port, dialect: dialect)
            let frames = Recorder(client.rawFrames)
            let good = (1...3).map { Recorder(client.events(OrderCreated.self, on: "order:\($0)")) }
            try await client.open()
            for number in 1...3 { try await client.subscribed(to: "order:\(number)") }
            #expect(frames.elements.filter { $0.text?.contains("subscribe:several") == true }.count == 1)
            let bad = Recorder(client.events(OrderCreated.self, on: "vault:1"))
            try await bad.end()
            client.reconnect()
            let states = Recorder(client.states)
            try await states.wait { $0.isOpen }
            let worse = Recorder(client.events(OrderCreated.self, on: "vault:2"))
            try await worse.end()
            try await server.publishOrder("2", 1)
            try await good[1].wait(for: 1)
            #expect(good.allSatisfy { !$0.hasEnded })
            await client.close()
        }
        // All of them before the first connection, the bad one among them.
        try await withServer({ TestContract.socketIO(port: $0) }) { server in
            var dialect = TestContract.socketIODialect
            dialect.subscribe = .init(name: "subscribe:several", channels: "names")
            let client = try self.client(server.port, dialect: dialect)
            let good = Recorder(client.events(OrderCreated.self, on: "order:1"))
            let bad = Recorder(client.events(OrderCreated.self, on: "vault:1"))
            let last = Recorder(client.events(OrderCreated.self, on: "order:2"))
            try await client.open()
            try await bad.end()
            #expect((bad.error as? ClientFault)?.channel == "vault:1")
            for number in 1...2 { try await client.subscribed(to: "order:\(number)") }
            try await server.publishOrder("2", 1)
            try await last.wait(for: 1)
            #expect(!good.hasEnded)
            await client.close()
        }
    }

    @Test func `a client whose token does not hold ends, and one that is asked for another tries again`() async throws {
        try await withServer({ TestContract.socketIO(port: $0, auth: Self.tokens) }) { server in
            let fixed = try self.client(server.port, ClientConfiguration(token: "nonsense"))
            let fault = await #expect(throws: ClientFault.self) { try await fixed.open() }
            #expect(fault?.code == .refused)
            await fixed.close()
            let good = try server.token("ann", roles: ["admin"])
            let asked = Counter()
            var configuration = ReconnectTests.quick
            configuration.token = { asked.next() == 1 ? "nonsense" : good }
            let client = try self.client(server.port, configuration)
            try await client.open()
            await client.close()
            // The namespace of the address's path, and that of the dialect.
            configuration.token = { good }
            for (path, namespace) in [("/admin", "/"), ("", "/admin")] {
                let client = try EventClient(
                    "http://127.0.0.1:\(server.port)\(path)", dialect: .socketIO(namespace: namespace),
                    configuration: configuration)
                let frames = Recorder(client.rawFrames)
                try await client.open()
                try await frames.wait { $0.direction == .received && $0.text?.hasPrefix("40/admin,") == true }
                await client.close()
            }
            let nowhere = try self.client(
                server.port, ClientConfiguration(token: good), dialect: .socketIO(namespace: "/nowhere"))
            let refusal = await #expect(throws: ClientFault.self) { try await nowhere.open() }
            #expect(refusal?.message == "Invalid namespace")
            await nowhere.close()
        }
    }

    @Test func `a client that was cut off comes back as the same, with what it missed`() async throws {
        try await withServer({ TestContract.socketIO(port: $0) }) { server in
            let relay = try await Relay.start(to: server.port)
            let client = try self.client(relay.port)
            let events = Recorder(client.events(OrderCreated.self, on: "order:7"))
            let states = Recorder(client.states)
            try await client.open()
            try await client.subscribed(to: "order:7")
            var number = 0
            for _ in 1...3 {
                number += 1
                try await server.publishOrder("7", number)
                try await events.wait(for: number)
                relay.isRefusing = true
                relay.cut()
                try await states.wait { _ in if case .waiting? = states.elements.last { true } else { false } }
                for _ in 1...10 {
                    number += 1
                    try await server.publishOrder("7", number)
                }
                relay.isRefusing = false
                try await events.wait(for: number)
            }
            // Subscribed still, and not anew.
            try await client.open()
            number += 1
            try await server.publishOrder("7", number)
            #expect(try await events.wait(for: number).map(\.n) == Array(1...number))
            let recovered = states.elements.filter { if case .open(isRecovered: true) = $0 { true } else { false } }
            #expect(recovered.count == 3)
            await client.close()
            await relay.stop()
        }
    }

    @Test func `a server that has forgotten the client is asked for its channels again`() async throws {
        let texts = [#"0{"sid":"a"}"#, #"40{"sid":"b","pid":"c"}"#]
        let server = try await ScriptedServer.start(
            .init(greeting: texts.flatMap { ScriptedServer.frame($0) }))
        let client = try EventClient(
            String(server.address.dropLast(3)), dialect: TestContract.socketIODialect,
            configuration: ReconnectTests.quick)
        let events = Recorder(client.events(OrderCreated.self, on: "order:7"))
        try await client.open()
        try await eventually("the first question") { server.texts.contains { $0.contains(#"["subscribe","#) } }
        let others = [#"0{"sid":"a"}"#, #"40{"sid":"d","pid":"e"}"#]
        server.script = .init(greeting: others.flatMap { ScriptedServer.frame($0) })
        client.reconnect()
        try await eventually("the second question") {
            server.texts.filter { $0.contains(#"["subscribe","#) }.count == 2
        }
        #expect(server.texts.contains { $0 == #"40{"pid":"c"}"# })
        events.cancel()
        await client.close()
        await server.stop()
    }

    @Test func `a server that says nothing for longer than it said is left`() async throws {
        let texts = [#"0{"sid":"a","pingInterval":100,"pingTimeout":100}"#, #"40{"sid":"b"}"#]
        let server = try await ScriptedServer.start(.init(greeting: texts.flatMap { ScriptedServer.frame($0) }))
        let client = try EventClient(
            String(server.address.dropLast(3)), dialect: TestContract.socketIODialect,
            configuration: ReconnectTests.quick)
        let states = Recorder(client.states)
        client.connect()
        try await states.wait {
            if case .waiting(let fault, _) = $0 { fault.message.contains("too long") } else { false }
        }
        await client.close()
        await server.stop()
    }
}
