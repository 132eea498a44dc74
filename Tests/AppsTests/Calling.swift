// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Apps
import BackendClient
import Certificates
import Logging
import NIOCore
import NIOPosix
import Realtime
import Synchronization

/// A dispatcher on a loop of its own, and what it logs.
final class Calling: Sendable {
    let dispatcher: AppDispatcher
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let client: BackendClient
    private let log = Lines()
    /// Each call is somebody else's, where nothing else is said.
    private let userCount = Mutex(0)

    /// What was logged, as `warning: …`.
    final class Lines: Sendable {
        private let content = Mutex<[String]>([])

        var all: [String] { self.content.withLock { $0 } }

        func append(_ line: String) { self.content.withLock { $0.append(line) } }
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) { self.lines.append("\(event.level): \(event.message)") }
    }

    init() throws {
        let lines = self.log
        self.client = BackendClient(Array(self.group.makeIterator()), trust: try CertificateTrust())
        self.dispatcher = AppDispatcher(
            self.client, logger: Logger(label: "test", factory: { _ in Handler(lines: lines) }))
    }

    var lines: [String] { self.log.all }

    /// What becomes of a call: the app's answer, or the error's code and reason.
    func call(
        _ app: App, _ body: String = "{}", id: String = "c1",
        rules change: (inout AppCallRules) -> Void = { _ in }
    ) async -> String {
        var rules = AppCallRules()
        // Longer than a busy machine takes; tests of the deadline have their own.
        rules.deadline = 60_000
        change(&rules)
        let number = self.userCount.withLock { count in
            count += 1
            return count
        }
        let call = AppCall(
            id: id, app: app, event: "quiz:x", body: Array(body.utf8), rules: rules,
            caller: .user(UserID("user\(number)")))
        return await withCheckedContinuation { continuation in
            let eventLoop = self.group.any()
            eventLoop.execute {
                self.dispatcher.call(call, on: eventLoop) { result in
                    eventLoop.preconditionInEventLoop()
                    switch result {
                    case .success(let text): continuation.resume(returning: String(decoding: text, as: UTF8.self))
                    case .failure(let error): continuation.resume(returning: "\(error.code) \(error.reason ?? "")")
                    }
                }
            }
        }
    }

    func count(_ outcome: CallOutcome) -> UInt64 { self.dispatcher.figures.first?.figures.counts[outcome] ?? 0 }

    static func with(_ body: @Sendable (Calling) async throws -> Void) async throws {
        let calling = try Calling()
        let result: Result<Void, any Error>
        do { result = .success(try await body(calling)) } catch { result = .failure(error) }
        await calling.client.close()
        try await calling.group.shutdownGracefully()
        try result.get()
    }
}
