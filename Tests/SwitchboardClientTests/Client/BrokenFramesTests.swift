// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SwitchboardClient

/// Servers that break the protocol: a client tells of it, and goes on or comes back; it never ends the program.
@Suite(.timeLimit(.minutes(3)))
struct BrokenFramesTests {
    private static let welcome = ScriptedServer.frame(#"{"type":"connected"}"#)
    private static let event = ScriptedServer.frame(#"{"event":"order.created","data":{"orderId":"7","n":1}}"#)

    private func client(_ server: ScriptedServer, dialect: Dialect = TestContract.dialect) throws -> EventClient {
        let address = dialect.socketIO == nil ? server.address : String(server.address.dropLast(3))
        var configuration = ReconnectTests.quick
        configuration.maximumMessageByteCount = 100_000
        return try EventClient(address, dialect: dialect, configuration: configuration)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "7", #""text""#, "{}", #"{"type":7}"#, #"{"type":"unheard"}"#, #"{"event":7,"data":{}}"#,
        #"{"event":null}"#, #"{"type":"connected""#, "🟢", #"{"a":1}{"b":2}"#, #"{"event":"x",}"#, "\u{0}",
        String(repeating: "[", count: 5000), #"{"data":{"orderId":"7"}}"#,
    ])
    func `text that is no frame of the dialect is told, and the connection goes on`(text: String) async throws {
        let server = try await ScriptedServer.start(
            .init(greeting: Self.welcome + ScriptedServer.frame(text) + Self.event))
        let client = try self.client(server)
        let (events, faults) = (Recorder(client.events(OrderCreated.self)), Recorder(client.faults))
        try await client.open()
        #expect(try await events.wait(for: 1).first?.n == 1)
        #expect(try await faults.wait(for: 1).first?.code == .frame)
        #expect(server.heads.count == 1)
        await client.close()
        await server.stop()
    }

    @Test(arguments: [
        #"{"event":"order.created"}"#, #"{"event":"order.created","data":null}"#,
        #"{"event":"order.created","data":[]}"#,
        #"{"event":"order.created","data":{"orderId":7}}"#, #"{"event":"order.created","data":"x"}"#,
        #"{"event":"order.created","data":{"orderId":"7","n":1e99}}"#,
        #"{"event":"order.created","data":{"orderId":"7","n":1.5}}"#,
    ])
    func `a payload of another type is told, and the sequence goes on`(text: String) async throws {
        let server = try await ScriptedServer.start(
            .init(greeting: Self.welcome + ScriptedServer.frame(text) + Self.event))
        let client = try self.client(server)
        let (events, faults) = (Recorder(client.events(OrderCreated.self)), Recorder(client.faults))
        try await client.open()
        #expect(try await events.wait(for: 1).map(\.n) == [1])
        #expect(try await faults.wait(for: 1).first?.code == .payload)
        await client.close()
        await server.stop()
    }

    @Test(
        arguments: [
            // Reserved bits, an opcode that is none, a masked frame, a fragmented ping, a ping too long, a continuation of nothing.
            [0xC1, 0x00], [0x83, 0x00], [0x81, 0x80, 1, 2, 3, 4], [0x09, 0x00], [0x89, 0x7E, 0x00, 0x80], [0x80, 0x00],
            // Text that is no UTF-8, a message over the limit, a length with its highest bit set, a length in too many bytes.
            [0x81, 0x02, 0xC3, 0x28], [0x81, 0x7F, 0, 0, 0, 0, 0x7F, 0, 0, 0], [0x81, 0x7F, 0xFF, 0, 0, 0, 0, 0, 0, 0],
            [0x81, 0x7E, 0x00, 0x01, 0x61], [0x88, 0x01, 0x03], [0x88, 0x02, 0x00, 0x00],
        ] as [[UInt8]])
    func `bytes that are no frames end the connection, and the client comes back`(bytes: [UInt8]) async throws {
        let server = try await ScriptedServer.start(.init(greeting: Self.welcome + bytes))
        let client = try self.client(server)
        let states = Recorder(client.states)
        client.connect()
        try await states.wait { if case .waiting(let fault, _) = $0 { fault.code == .lost } else { false } }
        server.script = .init(greeting: Self.welcome + Self.event)
        let events = Recorder(client.events(OrderCreated.self))
        client.reconnect()
        try await events.wait(for: 1)
        await client.close()
        await server.stop()
    }

    @Test(arguments: [
        "x", "", "7", "4", "49", "0{", "0[]", "0", #"0{"sid":"a","pingInterval":-1,"pingTimeout":1e99}"# + "\u{1}40[]",
        #"0{"sid":"a"}"# + "\u{1}40", #"0{"sid":"a"}"# + "\u{1}4x", #"0{"sid":"a"}"# + "\u{1}45[]", "1",
    ])
    func `packets that are none end a Socket_IO connection, and the client comes back`(texts: String) async throws {
        let frames = texts.split(separator: "\u{1}", omittingEmptySubsequences: false).flatMap {
            ScriptedServer.frame(String($0))
        }
        let server = try await ScriptedServer.start(.init(greeting: frames))
        let client = try self.client(server, dialect: TestContract.socketIODialect)
        let states = Recorder(client.states)
        client.connect()
        try await states.wait { if case .waiting(let fault, _) = $0 { fault.code == .lost } else { false } }
        let good = [#"0{"sid":"a"}"#, #"40{"sid":"b"}"#, #"42["order.created",{"orderId":"7","n":1},"id"]"#]
        server.script = .init(greeting: good.flatMap { ScriptedServer.frame($0) })
        let events = Recorder(client.events(OrderCreated.self))
        client.reconnect()
        #expect(try await events.wait(for: 1).first?.id == "id")
        await client.close()
        await server.stop()
    }

    @Test(arguments: [
        "42", "42[]", "42{}", "42[7]", "42[null]", "42abc[]", "43", "430", "430{}", "43999[]",
        "4399999999999999999999[]",
        "42/other,[\"order.created\",{}]", "3", "6", "451-[\"x\",{\"_placeholder\":true,\"num\":0}]", "0{}",
        "40{\"sid\":\"z\"}",
    ])
    func `packets that mean nothing are passed over`(text: String) async throws {
        let packets = [#"0{"sid":"a"}"#, #"40{"sid":"b"}"#, text, #"42["order.created",{"orderId":"7","n":1}]"#]
        let server = try await ScriptedServer.start(.init(greeting: packets.flatMap { ScriptedServer.frame($0) }))
        let client = try self.client(server, dialect: TestContract.socketIODialect)
        let events = Recorder(client.events(OrderCreated.self))
        try await client.open()
        #expect(try await events.wait(for: 1).first?.n == 1)
        #expect(server.heads.count == 1)
        await client.close()
        await server.stop()
    }

    @Test(arguments: [
        "nonsense", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 101 x\r\n\r\n", "HTTP/1.1 99999999999 x\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\n\r\n", "HTTP/1.1 503 x\r\nContent-Length: -1\r\n\r\n", "SSH-2.0-x\r\n\r\n",
        String(repeating: "a", count: 20_000),
    ])
    func `a handshake that is none fails`(text: String) async throws {
        // Whatever is behind a 101 that the server never sends.
        let server = try await RawServer.start(answering: Array(text.utf8))
        var configuration = ClientConfiguration()
        configuration.schedule = .never
        configuration.connectTimeout = .seconds(5)
        let client = try EventClient(
            "ws://127.0.0.1:\(server.port)/ws", dialect: TestContract.dialect, configuration: configuration)
        let fault = await #expect(throws: ClientFault.self) { try await client.open() }
        #expect([.refused, .unreachable].contains(fault?.code))
        await client.close()
        await server.stop()
    }

    /// Cuts, doubles, changes and inserts bytes in what a server would send.
    private static func damaged(_ good: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = good
        for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = .random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(.random(in: 0...255, using: &random), at: place)
            case 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            default: bytes.removeLast(min(bytes.count, Int.random(in: 1...20, using: &random)))
            }
        }
        return bytes
    }

    @Test(arguments: [false, true], [1, 2, 3])
    func `servers that send anything at all never end the program`(isSocketIO: Bool, seed: Int) async throws {
        let texts =
            isSocketIO
            ? [
                #"0{"sid":"a","pingInterval":25000,"pingTimeout":20000}"#, #"40{"sid":"b","pid":"c"}"#,
                #"42["order.created",{"orderId":"7","n":1},"id"]"#, "2", #"431[{"success":true}]"#,
                #"44{"message":"no","data":{"code":7}}"#, "41",
            ]
            : [
                #"{"type":"connected"}"#, #"{"event":"order.created","data":{"orderId":"7","n":1},"id":"1"}"#,
                #"{"type":"subscribed","channel":"order:7"}"#, #"{"type":"error","code":"x","message":"y"}"#,
                #"{"type":"pong"}"#, #"{"type":"stats","data":{"connections":1}}"#,
                #"{"type":"unsubscribed","channel":"order:7"}"#,
            ]
        var random = SplitMix(seed: UInt64(seed))
        let server = try await ScriptedServer.start()
        let dialect = isSocketIO ? TestContract.socketIODialect : TestContract.dialect
        var configuration = ClientConfiguration(token: { "t" })
        configuration.schedule = ReconnectSchedule(first: .milliseconds(1), most: .milliseconds(2))
        configuration.connectTimeout = .milliseconds(300)
        configuration.maximumMessageByteCount = 10_000
        let address = isSocketIO ? String(server.address.dropLast(3)) : server.address
        let whole = texts.flatMap { ScriptedServer.frame($0) }
        for _ in 0..<40 {
            let client = try EventClient(address, dialect: dialect, configuration: configuration)
            let recorders = [
                Recorder(client.events(OrderCreated.self, on: "order:7")), Recorder(client.events(OrderCreated.self)),
            ]
            let frames = Recorder(client.rawFrames)
            server.script = .init(
                greeting: Self.damaged(whole, &random), answer: { [bytes = Self.damaged(whole, &random)] _ in bytes },
                hangsUp: Bool.random(using: &random))
            client.connect()
            let question = Task { try? await client.send(Stats(), within: .milliseconds(200)) }
            _ = await question.value
            await client.close()
            for recorder in recorders { try await recorder.end() }
            try await frames.end()
        }
        try await eventually("no connection") { server.openCount == 0 }
        // And a good one is as good as ever.
        let good = isSocketIO ? Array(texts.prefix(3)) : Array(texts.prefix(2))
        server.script = .init(greeting: good.flatMap { ScriptedServer.frame($0) })
        let client = try EventClient(address, dialect: dialect, configuration: configuration)
        let events = Recorder(client.events(OrderCreated.self))
        try await client.open()
        try await events.wait(for: 1)
        await client.close()
        await server.stop()
    }
}
