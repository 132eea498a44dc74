// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Certificates
import Contract
import Foundation
import HTTP
import NIOCore
import NIOPosix
import Realtime
import SQLiteEngine
import Server
import Transport
import WebSocketDialect

/// A million events that wait for a backend: `CoreBenchmarks webhooks [FOLDER]`. What they cost in memory, how long a start takes with
/// them, and how fast they are delivered when the backend is there, over real HTTP to a server in the same process.
enum WebhookBenchmarks {
    private static let count = 1_000_000
    private static let userCount = 100_000
    private static let deliverySeconds = 20

    private struct Backend: ListenerApplication {
        func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
            .refuse(.text(.notFound, ""))
        }

        func respond(
            to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
        ) {
            respond(HTTPResponse(.noContent))
        }
    }

    static func run(in folder: String) async throws {
        let path = folder + "/switchboard-bench-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try self.fill("\(path)/store")
        print("resident after filling: \(self.residentMiB) MiB")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let backendGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = ListenerConfiguration()
        configuration.host = "127.0.0.1"
        let backend = try await Listener.start(configuration, application: Backend(), on: backendGroup)
        var definition = try ContractLoader(
            environment: [:], isProduction: false, generatedSecret: { _ in String(repeating: "k", count: 64) }
        ).load(file: "Benchmarks/fanout.yaml")
        definition.webhooks = WebhookRules(
            url: "http://127.0.0.1:\(backend.port)/hooks", secret: WebhookSignature.makeSecret())
        let start = ContinuousClock.now
        let platform = try Platform(
            definition, dialects: [PlainDialect(definition)],
            engine: try SQLiteEngine(path: "\(path)/store") { print($1) }, eventLoops: [group.any()])
        print("start with \(platform.webhookFigures.waiting) waiting: \(start.duration(to: .now))")
        let before = self.residentMiB
        let client = BackendClient([group.any()], trust: try CertificateTrust())
        platform.backend.exchange(SignedPoster(backends: client, clock: SystemClock()))
        let processor = clock()
        platform.start()
        var highest = before
        for _ in 0..<self.deliverySeconds * 10 {
            try await Task.sleep(for: .milliseconds(100))
            highest = max(highest, self.residentMiB)
        }
        let delivered = platform.webhookFigures.delivered
        let processorTime = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
        print(
            "delivered \(delivered / UInt64(self.deliverySeconds)) a second, \(platform.webhookFigures.waiting) still wait"
        )
        print(
            "processor time of everything, the backend and the store included: \(processorTime / Double(delivered) * 1e6) us a delivery"
        )
        print("resident before delivering: \(before) MiB, at most: \(highest) MiB")
        platform.close()
        await client.close()
        try await backend.stopAccepting()
        try await group.shutdownGracefully()
        try await backendGroup.shutdownGracefully()
    }

    /// Through the engine, as the platform does it: a thousand a commit.
    private static func fill(_ file: String) throws {
        let engine = try SQLiteEngine(path: file) { print($1) }
        let start = ContinuousClock.now
        let now = SystemClock().now()
        for batch in 0..<self.count / 1000 {
            let webhooks = (1...1000).map { index in
                let sequence = Int64(batch * 1000 + index)
                let user = "user-\(sequence % Int64(self.userCount))"
                let body = """
                    {"type":"subscribed","id":"wh_\(now.milliseconds)_\(sequence)","platform":"bench",\
                    "time":"\(now)","sequence":\(sequence),"user":{"id":"\(user)","roles":[]},\
                    "connection":{"id":"0f4d2c1b-7a65-4c3e-8000-000000000001"},"channel":"room:\(sequence % 1000)",\
                    "parameters":{"roomId":"\(sequence % 1000)"}}
                    """
                return StoredWebhook(
                    sequence: sequence, id: "wh_\(now.milliseconds)_\(sequence)", line: "user \(user)", createdAt: now,
                    body: Array(body.utf8))
            }
            let done = DispatchSemaphore(value: 0)
            engine.commit(Commit(time: now, changes: [.addWebhooks(webhooks)])) { _ in done.signal() }
            done.wait()
        }
        let size = engine.statistics.databaseByteCount / 1024 / 1024
        print("kept \(self.count) events of \(self.userCount) users in \(start.duration(to: .now)), \(size) MiB")
        engine.close()
    }

    private static var residentMiB: Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
        else { return 0 }
        return (Int(line.filter(\.isNumber)) ?? 0) / 1024
    }
}
