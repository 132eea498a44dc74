// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import SwitchboardClient

@Suite(.timeLimit(.minutes(2)))
struct ReconnectTests {
    static let quick: ClientConfiguration = {
        var configuration = ClientConfiguration()
        configuration.schedule = ReconnectSchedule(first: .milliseconds(20), most: .milliseconds(100))
        return configuration
    }()

    private func client(
        _ port: Int, _ configuration: ClientConfiguration = Self.quick, dialect: Dialect = TestContract.dialect
    ) throws -> EventClient {
        try EventClient("ws://127.0.0.1:\(port)/ws", dialect: dialect, configuration: configuration)
    }

    @Test func `what was missed while the connection was cut comes once and in order`() async throws {
        try await withServer { server in
            let relay = try await Relay.start(to: server.port)
            let client = try self.client(relay.port)
            let seven = Recorder(client.events(OrderCreated.self, on: "order:7"))
            let states = Recorder(client.states)
            try await client.open()
            try await client.subscribed(to: "order:7")
            var number = 0
            for round in 1...5 {
                number += 1
                try await server.publishOrder("7", number)
                try await seven.wait(for: number)
                relay.isRefusing = true
                relay.cut()
                try await server.wait("the end of the connection") { $0.connections == 0 }
                for _ in 1...20 {
                    number += 1
                    try await server.publishOrder("7", number)
                }
                relay.isRefusing = false
                try await seven.wait(for: number)
                #expect(seven.elements.map(\.n) == Array(1...number), "round \(round)")
            }
            let names = states.elements.map { state in
                switch state {
                case .connecting: "connecting"
                case .open: "open"
                case .waiting: "waiting"
                case .failed, .closed: "end"
                }
            }
            #expect(names.first == "connecting" && names.filter { $0 == "open" }.count == 6)
            for (before, after) in zip(names, names.dropFirst()) {
                #expect(
                    ["connecting open", "open waiting", "connecting waiting", "waiting connecting"].contains(
                        "\(before) \(after)"))
            }
            await client.close()
            await relay.stop()
        }
    }

    @Test func `a server that ends and starts again is found again, with everything it has kept`() async throws {
        try await withServer { server in
            let client = try self.client(server.port)
            let events = Recorder(client.events(OrderCreated.self, on: "order:7"))
            try await client.open()
            try await client.subscribed(to: "order:7")
            try await server.publishOrder("7", 1)
            try await events.wait(for: 1)
            await server.stop()
            try await server.start()
            for number in 2...4 { try await server.publishOrder("7", number) }
            try await events.wait { $0.n == 4 }
            #expect(events.elements.map(\.n) == [1, 2, 3, 4])
            await client.close()
        }
    }

    @Test func `many cuts in the middle of a stream lose nothing and double nothing`() async throws {
        try await withServer { server in
            let relay = try await Relay.start(to: server.port)
            let client = try self.client(relay.port)
            let orders = ["a", "b", "c"]
            let recorders = orders.map { Recorder(client.events(OrderCreated.self, on: "order:\($0)")) }
            try await client.open()
            for order in orders { try await client.subscribed(to: "order:\(order)") }
            // Until the first event a client knows no position.
            try await server.publishOrder("a", 0)
            try await recorders[0].wait(for: 1)
            var random = SplitMix(seed: 20_261_121)
            for number in 1...300 {
                try await server.publishOrder(orders[number % 3], number)
                if Int.random(in: 0..<15, using: &random) == 0 { relay.cut() }
            }
            for recorder in recorders { try await recorder.wait(for: 301) }
            // A sequence gets its type's events of the whole connection, whatever channel they came by.
            for recorder in recorders {
                let numbers = recorder.elements.compactMap(\.n)
                #expect(numbers.count == 301 && Set(numbers) == Set(0...300))
                for remainder in 0..<3 {
                    let ofOne = numbers.filter { $0 > 0 && $0 % 3 == remainder }
                    #expect(ofOne == ofOne.sorted())
                }
            }
            await client.close()
            await relay.stop()
        }
    }

    @Test func `the token is asked for anew for each try`() async throws {
        let contract: (Int) -> String = { TestContract.plain(port: $0, auth: TestContract.tokens) }
        try await withServer(contract) { server in
            let relay = try await Relay.start(to: server.port)
            let asked = Mutex(0)
            let good = try server.token("ann")
            var configuration = Self.quick
            configuration.token = {
                let number = asked.withLock { count in
                    count += 1
                    return count
                }
                // The first one does not hold, and the second question fails.
                if number == 2 { throw TestServer.Fault(what: "the issuer is away") }
                return number == 1 ? "nonsense" : good
            }
            let client = try self.client(relay.port, configuration)
            let states = Recorder(client.states)
            try await client.open()
            #expect(asked.withLock { $0 } == 3)
            relay.cut()
            try await states.wait { if case .waiting(let fault, _) = $0 { fault.code == .lost } else { false } }
            try await client.open()
            #expect(asked.withLock { $0 } == 4)
            let faults = states.elements.compactMap { if case .waiting(let fault, _) = $0 { fault.code } else { nil } }
            #expect(faults.contains(.token))
            await client.close()
            await relay.stop()
        }
    }

    @Test func `a connection on which nothing comes any more is given up`() async throws {
        for ping in ["ping", nil] {
            try await withServer { server in
                let relay = try await Relay.start(to: server.port)
                var configuration = Self.quick
                configuration.heartbeat = ClientHeartbeat(every: .milliseconds(50), timeout: .seconds(1))
                // What is said while the network is silent is lost, and a try with it.
                configuration.connectTimeout = .seconds(1)
                var dialect = TestContract.dialect
                dialect.ping = ping
                let client = try self.client(relay.port, configuration, dialect: dialect)
                let states = Recorder(client.states)
                try await client.open()
                try await Task.sleep(for: .milliseconds(500))
                #expect(relay.acceptedCount == 1)
                relay.isSilent = true
                try await states.wait { if case .waiting = $0 { true } else { false } }
                relay.isSilent = false
                try await states.wait { _ in states.elements.filter(\.isOpen).count == 2 }
                await client.close()
                await relay.stop()
            }
        }
    }

    @Test func `a client that may not try again gives up, and everything ends with the reason`() async throws {
        let port = try TestServer.freePort()
        var configuration = ClientConfiguration()
        configuration.schedule = ReconnectSchedule(first: .milliseconds(1), attempts: 2)
        let client = try self.client(port, configuration)
        let events = Recorder(client.events(OrderCreated.self, on: "order:7"))
        let states = Recorder(client.states)
        let command = Task { try await client.send(Stats()) }
        let fault = await #expect(throws: ClientFault.self) { try await client.open() }
        #expect(fault?.code == .unreachable)
        try await events.end()
        #expect((events.error as? ClientFault)?.code == .unreachable)
        await #expect(throws: ClientFault.self) { try await command.value }
        let all = try await states.end()
        #expect(all.count == 6 && all.last?.isFinal == true)
        // What comes late is told at once.
        let late = Recorder(client.events(OrderCreated.self))
        try await late.end()
        #expect((late.error as? ClientFault)?.code == .unreachable)
        await client.close()
    }

    @Test func `a token that cannot be replaced and is refused at the door ends the client`() async throws {
        try await withServer { server in
            // No such path.
            let client = try EventClient(
                "ws://127.0.0.1:\(server.port)/elsewhere", dialect: TestContract.dialect, configuration: Self.quick)
            let fault = await #expect(throws: ClientFault.self) { try await client.open() }
            #expect(fault?.code == .refused && fault?.serverCode == "404")
            await client.close()
        }
    }
}

/// Numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
