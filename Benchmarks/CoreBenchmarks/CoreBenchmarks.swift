// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import JSON
import JSONSchema
import NIOCore
import NIOEmbedded
import Realtime
import Server
import Tokens
import WebSocketDialect

/// The parts of the hot path without sockets, each by itself. Run from the repository's root, as contracts are read from there:
/// `swift run -c release CoreBenchmarks`; with `store`, the store instead (``StoreBenchmarks``); with `backends`, requests to
/// backends (``BackendBenchmarks``); with `webhooks`, a million events that wait for one (``WebhookBenchmarks``); with `client`, what an
/// event costs a program on the Swift client (``ClientBenchmarks``).
@main
enum CoreBenchmarks {
    static func main() async throws {
        switch CommandLine.arguments.dropFirst().first {
        case "store": try StoreBenchmarks.run(in: CommandLine.arguments.dropFirst(2).first ?? NSTemporaryDirectory())
        case "webhooks":
            try await WebhookBenchmarks.run(in: CommandLine.arguments.dropFirst(2).first ?? NSTemporaryDirectory())
        case "backends": try await BackendBenchmarks.run()
        case "client": try await ClientBenchmarks.run()
        default: try self.hotPath()
        }
    }

    private static func hotPath() throws {
        let loader = ContractLoader(
            environment: [:], isProduction: false, generatedSecret: { _ in String(repeating: "k", count: 64) })
        let rangkai = try loader.load(file: "Contracts/rangkai.yaml")
        try self.json(rangkai)
        try self.tokens(rangkai)
        try self.publish(rangkai)
        try self.limits(rangkai)
        try self.fanOut(try loader.load(file: "Benchmarks/fanout.yaml"))
    }

    private static func json(_ definition: PlatformDefinition) throws {
        guard let event = definition.events["order.created"], let schema = event.schema else { return }
        let text = event.examples[0].bytes
        try Stopwatch.report("parse order.created (\(text.count) bytes)", count: 10_000) {
            for _ in 0..<10_000 { _ = try JSONDocument(parsing: text) }
        }
        let root = event.examples[0].root
        Stopwatch.report("validate order.created", count: 10_000) {
            for _ in 0..<10_000 where schema.firstViolation(in: root) != nil { print("unexpected violation") }
        }
    }

    private static func tokens(_ definition: PlatformDefinition) throws {
        let token = try TokenMint(definition).token(user: "did:rangkai:alice", roles: ["member"], lifetime: 3600)
        let now = SystemClock().now().milliseconds / 1000
        let ring = try KeyRing(
            [.keys([try .secret(Array(String(repeating: "k", count: 64).utf8))])], now: now)
        let verifier = TokenVerifier(ring: ring)
        Stopwatch.report("verify a token (HS256)", count: 2000) {
            for _ in 0..<2000 { _ = verifier.verify(token, now: now) }
        }
    }

    /// What a publication costs before anybody is sent to: parse, check, route, place.
    private static func publish(_ definition: PlatformDefinition) throws {
        let loop = EmbeddedEventLoop()
        let platform = try Platform(
            definition, dialects: [PlainDialect(definition)], engine: MemoryEngine(), eventLoops: [loop])
        guard let example = definition.events["proposal.voted"]?.examples.first else { return }
        Stopwatch.report("publish proposal.voted, nobody listens", count: 2000) {
            for _ in 0..<2000 {
                platform.publish([PublishRequest(event: "proposal.voted", data: example.root)]) { _ in }
            }
        }
    }

    /// What a platform's limits add to a message and to a connection's way in and out: each twice, without and with them.
    private static func limits(_ definition: PlatformDefinition) throws {
        var limited = definition
        limited.limits.connectionsPerUser = 100
        limited.limits.connectionsPerAddress = 1_000_000
        limited.limits.attempts = [.init(.init(count: 1_000_000, window: 1000), per: .address)]
        limited.limits.messages = [
            .init(.init(count: 1_000_000, window: 1000), per: .connection),
            .init(.init(count: 1_000_000, window: 1000), per: .user, exceeding: .delay),
        ]
        limited.limits.idle = 3_600_000
        limited.limits.lifetime = 86_400_000
        limited.limits.throttle = .init(first: 1000, longest: 30_000)
        let token = try TokenMint(definition).token(user: "did:rangkai:alice", roles: ["member"], lifetime: 3600)
        let ring = try KeyRing(
            [.keys([try .secret(Array(String(repeating: "k", count: 64).utf8))])],
            now: SystemClock().now().milliseconds / 1000)
        let message = Array(#"{"type":"subscribe","channel":"global"}"#.utf8)
        for (definition, words) in [(definition, "no limits"), (limited, "limits")] {
            var definition = definition
            definition.limits.subscriptionRate = nil
            let loop = EmbeddedEventLoop()
            let platform = try Platform(
                definition, dialects: [PlainDialect(definition)], engine: MemoryEngine(), eventLoops: [loop])
            guard let hub = platform.hub(on: loop) else { return }
            let door = TokenDoor(verifier: TokenVerifier(ring: ring))
            var number: UInt64 = 0
            func open() -> PlainSession {
                number += 1
                let session = PlainSession(
                    port: NullPort(number: number, eventLoop: loop), credential: Credential(.jwt, token),
                    address: "192.0.2.7", hub: hub, authenticator: door)
                session.opened()
                return session
            }
            let session = open()
            Stopwatch.report("a message that subscribes, \(words)", count: 10_000) {
                for _ in 0..<10_000 { message.withUnsafeBytes { session.received(text: $0) } }
            }
            session.closed()
            Stopwatch.report("a connection comes and goes, \(words)", count: 2000) {
                for _ in 0..<2000 { open().closed() }
            }
            platform.close()
        }
    }

    private static func fanOut(_ definition: PlatformDefinition) throws {
        let loop = EmbeddedEventLoop()
        let platform = try Platform(
            definition, dialects: [PlainDialect(definition)], engine: MemoryEngine(), eventLoops: [loop])
        guard let hub = platform.hub(on: loop) else { return }
        let sessions = (0..<1000).map { number in
            Session(
                port: NullPort(number: UInt64(number + 1), eventLoop: loop), identity: nil, dialectIndex: 0, hub: hub)
        }
        for session in sessions { _ = session.subscribe(to: "ch0") }
        let payload = try JSONDocument(parsing: "{\"channel\":0,\"text\":\"\(String(repeating: "x", count: 100))\"}")
        let request = PublishRequest(event: "tick", data: payload.root)
        Stopwatch.report("deliver, one publication a turn", count: 100_000) {
            for _ in 0..<100 {
                platform.publish([request]) { _ in }
                loop.run()
            }
        }
        Stopwatch.report("deliver, 16 publications a turn", count: 1_600_000) {
            for _ in 0..<100 {
                for _ in 0..<16 { platform.publish([request]) { _ in } }
                loop.run()
            }
        }
        for session in sessions { session.close() }
    }
}
