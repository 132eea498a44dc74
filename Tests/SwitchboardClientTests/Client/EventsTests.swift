// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SwitchboardClient

@Suite(.timeLimit(.minutes(2)))
struct EventsTests {
    private func client(_ server: TestServer) throws -> EventClient {
        try EventClient(server.address, dialect: TestContract.dialect)
    }

    @Test func `events of a type come as values, to every sequence`() async throws {
        try await withServer { server in
            let client = try self.client(server)
            let first = Recorder(client.events(OrderCreated.self, on: "order:7"))
            let second = Recorder(client.events(OrderCreated.self, on: "order:7"))
            let anything = Recorder(client.events(on: "order:7"))
            let other = Recorder(client.events(Announced.self))
            try await client.open()
            try await client.subscribed(to: "order:7")
            for number in 1...3 { try await server.publishOrder("7", number) }
            for recorder in [first, second] {
                let events = try await recorder.wait(for: 3)
                #expect(events.map(\.n) == [1, 2, 3])
                #expect(events.allSatisfy { $0.name == "order.created" && $0.orderId == "7" && $0.droppedCount == 0 })
                #expect(events.allSatisfy { $0.time != nil && $0.position != nil })
            }
            let texts = try await anything.wait(for: 3)
            #expect(try texts[2].payload.decoded(as: OrderCreated.Payload.self) == .init(orderId: "7", n: 3))
            await client.close()
            #expect(try await first.end().count == 3 && first.error == nil)
            #expect(try await other.end().isEmpty)
        }
    }

    @Test func `a channel is subscribed once and left with its last sequence`() async throws {
        try await withServer { server in
            let client = try self.client(server)
            try await client.open()
            let first = Recorder(client.events(OrderCreated.self, on: "order:7"))
            let second = Recorder(client.events(OrderCreated.self, on: "order:7"))
            try await client.subscribed(to: "order:7")
            try await server.wait("one subscription") { $0.subscriptions == 1 }
            first.cancel()
            try await first.end()
            try await server.publishOrder("7", 1)
            try await second.wait(for: 1)
            second.cancel()
            try await server.wait("no subscription") { $0.subscriptions == 0 }
            // And again, at once, while the server's word of the end may still be on its way.
            let third = Recorder(client.events(OrderCreated.self, on: "order:7"))
            try await client.subscribed(to: "order:7")
            try await server.publishOrder("7", 2)
            #expect(try await third.wait(for: 1).map(\.n) == [2])
            await client.close()
        }
    }

    @Test func `a refused farewell is nobody else's refusal`() async throws {
        var dialect = TestContract.dialect
        dialect.error?.channel = nil
        let script = ScriptedServer.Script(
            greeting: ScriptedServer.frame(#"{"type":"connected"}"#),
            answer: { text in
                if text.contains("unsubscribe") { return ScriptedServer.frame(#"{"type":"error","message":"no"}"#) }
                if text.contains("stats") { return ScriptedServer.frame(#"{"type":"stats","data":{"connections":1}}"#) }
                return ScriptedServer.frame(#"{"type":"subscribed","channel":"order:7"}"#)
            })
        let server = try await ScriptedServer.start(script)
        let client = try EventClient(server.address, dialect: dialect)
        let faults = Recorder(client.faults)
        let events = Recorder(client.events(OrderCreated.self, on: "order:7"))
        try await client.open()
        try await client.subscribed(to: "order:7")
        events.cancel()
        try await events.end()
        #expect(try await client.send(Stats()).connections == 1)
        #expect(try await faults.wait(for: 1).first?.channel == "order:7")
        // It is wanted again, and a word of the server ends it that nobody asked for.
        let again = Recorder(client.events(OrderCreated.self, on: "order:7"))
        try await client.subscribed(to: "order:7")
        server.script.answer = { _ in ScriptedServer.frame(#"{"type":"unsubscribed","channel":"order:7"}"#) }
        try await client.send("ping")
        try await again.end()
        #expect((again.error as? ClientFault)?.code == .channel)
        await client.close()
        await server.stop()
    }

    @Test func `a loop that ends leaves its channel, and so does a sequence that nobody takes`() async throws {
        try await withServer { server in
            let client = try self.client(server)
            try await client.open()
            let sequence = client.events(OrderCreated.self, on: "order:7")
            try await client.subscribed(to: "order:7")
            try await server.publishOrder("7", 1)
            for try await event in sequence {
                #expect(event.n == 1)
                break
            }
            try await server.wait("no subscription") { $0.subscriptions == 0 }
            do { _ = client.events(OrderCreated.self, on: "order:8") }
            try await client.send("ping")
            try await server.wait("no subscription") { $0.subscriptions == 0 }
            await client.close()
        }
    }

    @Test func `a payload that does not fit is told and the sequence goes on`() async throws {
        try await withServer { server in
            let client = try self.client(server)
            let events = Recorder(client.events(Announced.self, on: "global"))
            let faults = Recorder(client.faults)
            try await client.open()
            try await client.subscribed(to: "global")
            for payload in [#"{"text":"a"}"#, #"{"text":7}"#, #"{}"#, #"{"text":"b"}"#] {
                try await server.publish("announced", payload)
            }
            #expect(try await events.wait(for: 2).map(\.text) == ["a", "b"])
            let told = try await faults.wait(for: 2)
            #expect(told.allSatisfy { $0.code == .payload })
            #expect(told[1].message.contains("\"text\" is missing"))
            await client.close()
        }
    }

    @Test func `a refused channel ends its sequences with the reason and no others`() async throws {
        try await withServer { server in
            let client = try self.client(server)
            let refused = Recorder(client.events(OrderCreated.self, on: "vault:1"))
            let unknown = Recorder(client.events(OrderCreated.self, on: "nowhere"))
            let good = Recorder(client.events(OrderCreated.self, on: "order:7"))
            try await client.open()
            try await refused.end()
            try await unknown.end()
            let fault = try #require(refused.error as? ClientFault)
            #expect(fault.code == .channel && fault.channel == "vault:1" && fault.serverCode == "forbidden")
            #expect((unknown.error as? ClientFault)?.channel == "nowhere")
            try await client.subscribed(to: "order:7")
            try await server.publishOrder("7", 1)
            try await good.wait(for: 1)
            await #expect(throws: ClientFault.self) {
                let late = client.events(OrderCreated.self, on: "vault:1")
                defer { withExtendedLifetime(late) {} }
                try await client.subscribed(to: "vault:1")
            }
            await client.close()
        }
    }

    @Test func `who takes events slowly loses the oldest and is told how many, or has the connection wait`()
        async throws
    {
        try await withServer { server in
            let client = try self.client(server)
            let newest = client.events(OrderCreated.self, on: "order:7", buffering: .newest(10))
            try await client.open()
            try await client.subscribed(to: "order:7")
            for number in 1...100 { try await server.publishOrder("7", number) }
            // An answer comes behind all of them.
            _ = try await client.send(Stats())
            var numbers: [Int] = []
            var droppedCount = 0
            for try await event in newest {
                numbers.append(event.n ?? 0)
                droppedCount += event.droppedCount
                if event.n == 100 { break }
            }
            #expect(numbers == Array(91...100) && droppedCount == 90)

            let all = client.events(OrderCreated.self, on: "order:8", buffering: .everything(10))
            try await client.subscribed(to: "order:8")
            for number in 1...1000 { try await server.publishOrder("8", number) }
            numbers = []
            for try await event in all {
                numbers.append(event.n ?? 0)
                #expect(event.droppedCount == 0)
                if numbers.count == 1000 { break }
            }
            #expect(numbers == Array(1...1000))
            // Nobody waits for it any more.
            _ = try await client.send(Stats())
            await client.close()
        }
    }

    @Test func `frames both ways are there for whoever looks`() async throws {
        try await withServer { server in
            let client = try self.client(server)
            let frames = Recorder(client.rawFrames)
            try await client.open()
            try await client.send("ping")
            let all = try await frames.wait { $0.text == #"{"type":"pong"}"# }
            #expect(all.first?.direction == .received && all.first?.text?.contains("connected") == true)
            #expect(all.contains { $0.direction == .sent && $0.text == #"{"type":"ping"}"# && $0.byteCount == 15 })
            await client.close()
            try await frames.end()
        }
    }

    @Test func `a hundred clients of one process each get everything, and are gone when they are closed`() async throws
    {
        try await withServer { server in
            let clients = try (0..<100).map { _ in try self.client(server) }
            let recorders = clients.map { Recorder($0.events(OrderCreated.self, on: "order:7")) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in clients {
                    group.addTask {
                        try await client.open()
                        try await client.subscribed(to: "order:7")
                    }
                }
                try await group.waitForAll()
            }
            for number in 1...20 { try await server.publishOrder("7", number) }
            for recorder in recorders { #expect(try await recorder.wait(for: 20).map(\.n) == Array(1...20)) }
            await withTaskGroup(of: Void.self) { group in
                for client in clients { group.addTask { await client.close() } }
            }
            try await server.wait("no connection") { $0.connections == 0 }
            for recorder in recorders { #expect(try await recorder.end().count == 20) }
        }
    }
}
