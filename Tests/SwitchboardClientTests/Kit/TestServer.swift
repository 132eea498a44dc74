// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import Logging
import NIOCore
import NIOPosix
import Realtime
import Server
import Synchronization

/// The real server, in this process, with a platform of the tests' own. It can be stopped and started again in its place.
final class TestServer: Sendable {
    struct Fault: Error { let what: String }

    let port: Int
    private let configuration: ServerConfiguration
    private let folder: String
    private let server: Mutex<Server?>

    static func start(_ contract: (_ port: Int) -> String) async throws -> TestServer {
        let port = try Self.freePort()
        let folder =
            FileManager.default.temporaryDirectory.appending(path: "switchboard-client-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let file = "\(folder)/shop.yaml"
        try Data(contract(port).utf8).write(to: URL(fileURLWithPath: file))
        var configuration = ServerConfiguration()
        configuration.contractFiles = [file]
        configuration.dataFolder = "\(folder)/data"
        configuration.adminPort = 0
        configuration.loopCount = 1
        configuration.drainLimit = 1000
        let server = TestServer(port: port, folder: folder, configuration: configuration)
        try await server.start()
        return server
    }

    private init(port: Int, folder: String, configuration: ServerConfiguration) {
        self.port = port
        self.folder = folder
        self.configuration = configuration
        self.server = Mutex(nil)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    var address: String { "ws://127.0.0.1:\(self.port)/ws" }

    func start() async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try await Server.start(self.configuration, logger: logger)
        self.server.withLock { $0 = server }
    }

    func stop() async {
        let server = self.server.withLock { $0.take() }
        await server?.stop()
    }

    private func platform() throws -> Platform {
        guard let platform = self.server.withLock({ $0?.platforms.first }) else { throw Fault(what: "it does not run") }
        return platform
    }

    func token(_ user: String, roles: [String] = [], lifetime: Int64 = 3600) throws -> String {
        try TokenMint(try self.platform().definition).token(user: user, roles: roles, lifetime: lifetime)
    }

    /// Publishes, and returns when it has been handed to everybody.
    func publish(_ event: String, _ payload: String, to channels: [String]? = nil) async throws {
        let request = PublishRequest(event: event, data: try JSONDocument(parsing: payload).root, channels: channels)
        let platform = try self.platform()
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            platform.publish([request]) { result in
                switch result {
                case .success: continuation.resume()
                case .failure(let failure): continuation.resume(throwing: Fault(what: "\(failure)"))
                }
            }
        }
    }

    func publishOrder(_ order: String, _ number: Int) async throws {
        try await self.publish("order.created", #"{"orderId":"\#(order)","n":\#(number)}"#)
    }

    /// What the server has open.
    struct Counts: Sendable {
        var connections: Int
        var subscriptions: Int
    }

    func counts() async throws -> Counts {
        let platform = try self.platform()
        let statistics = try await platform.statistics(gatheredOn: platform.eventLoops[0]).get()
        return Counts(connections: Int(statistics.connections), subscriptions: Int(statistics.subscriptions))
    }

    /// Returns when the server's counts are so, or throws after ten seconds.
    func wait(_ what: String, until condition: (Counts) -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(10)
        while try await !condition(self.counts()) {
            guard ContinuousClock.now < end else { throw Fault(what: "\(what): \(try await self.counts())") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The next one of a range from which the system gives none to connections that go out, as it may to a port that was just let go.
    private static let nextPort = Mutex(10_000 + Int(getpid()) % 1000 * 10)

    static func freePort() throws -> Int {
        for _ in 0..<1000 {
            let port = Self.nextPort.withLock { next in
                next = next >= 19_999 ? 10_000 : next + 1
                return next
            }
            if Self.isFree(port) { return port }
        }
        throw Fault(what: "no free port")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = INADDR_ANY
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// Serves a contract while `body` runs.
func withServer(
    _ contract: (_ port: Int) -> String = { TestContract.plain(port: $0) },
    _ body: (TestServer) async throws -> Void
) async throws {
    let server = try await TestServer.start(contract)
    do {
        try await body(server)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}
