// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Synchronization

/// A platform on one loop that only moves when it is told to.
final class Stage {
    struct Client {
        let port: RecordingPort
        let session: Session
        var lines: [String] { self.port.recording.lines }
        var data: [String] { self.port.recording.data }
        var sends: [String] { self.port.recording.sends }
    }

    let loop = EmbeddedEventLoop()
    let clock: ManualClock
    let engine: EngineDouble
    let platform: Platform
    let hub: LoopHub
    private var clientCount: UInt64 = 0

    init(
        _ definition: PlatformDefinition = .market(),
        engine: EngineDouble = EngineDouble(),
        clock: ManualClock = ManualClock(),
        dialects: [any Dialect] = [LineDialect()]
    ) throws {
        self.engine = engine
        self.clock = clock
        let lines = Mutexed<[String]>([])
        self.lines = lines
        self.platform = try Platform(
            definition, dialects: dialects, engine: engine, eventLoops: [self.loop], clock: clock, node: 7,
            log: { line in lines.change { $0.append(line) } })
        guard let hub = self.platform.hub(on: self.loop) else { preconditionFailure("a new platform has a hub") }
        self.hub = hub
    }

    private let lines: Mutexed<[String]>
    /// What the platform reported.
    var reports: [String] { self.lines.value }

    deinit {
        self.platform.close()
        self.loop.run()
    }

    func connect(
        _ user: String? = "alice",
        roles: [String] = [],
        expiresAt: Int64? = nil,
        dialect: Int = 0,
        to channels: [String] = []
    ) -> Client {
        self.clientCount += 1
        let port = RecordingPort(number: self.clientCount, eventLoop: self.loop)
        let identity = user.map { Identity(user: UserID($0), roles: roles, expiresAt: expiresAt) }
        let session = Session(port: port, identity: identity, dialectIndex: dialect, hub: self.hub)
        for channel in channels {
            guard case .success = session.subscribe(to: channel) else { preconditionFailure("\(channel) refused") }
        }
        return Client(port: port, session: session)
    }

    /// Publishes without running the loop. The outcome is there once the loop has run and the engine has answered.
    @discardableResult
    func publish(_ event: String, _ data: String, _ change: (inout PublishRequest) -> Void = { _ in }) -> Outcome {
        var request = PublishRequest(event: event, data: JSONDocument.of(data).root)
        change(&request)
        return self.publish([request])
    }

    @discardableResult
    func publish(_ requests: [PublishRequest]) -> Outcome {
        let outcome = Outcome()
        self.platform.publish(requests) { outcome.put($0) }
        return outcome
    }

    /// Publishes and runs the loop.
    @discardableResult
    func say(_ event: String, _ data: String, _ change: (inout PublishRequest) -> Void = { _ in }) -> Outcome {
        let outcome = self.publish(event, data, change)
        self.loop.run()
        return outcome
    }

    func change(_ changes: StateChange...) {
        self.platform.change(changes) { _ in }
        self.loop.run()
    }

    /// Moves both clocks.
    func advance(seconds: Int64) {
        for _ in 0..<seconds {
            self.clock.advance(milliseconds: 1000)
            self.loop.advanceTime(by: .seconds(1))
        }
    }
}

/// What became of one publish.
final class Outcome: Sendable {
    private let results = Mutexed<[Result<[PublishReceipt], PublishFailure>]>([])

    func put(_ result: Result<[PublishReceipt], PublishFailure>) { self.results.change { $0.append(result) } }

    var answerCount: Int { self.results.value.count }
    var receipts: [PublishReceipt] { self.results.value.first.flatMap { try? $0.get() } ?? [] }
    var receipt: PublishReceipt? { self.receipts.first }
    var failure: PublishFailure? {
        guard case .failure(let failure)? = self.results.value.first else { return nil }
        return failure
    }
    var error: RequestError? { self.failure?.error }
}

/// A value that several threads change.
final class Mutexed<Value: Sendable>: Sendable {
    private let content: Mutex<Value>

    init(_ value: Value) { self.content = Mutex(value) }

    var value: Value { self.content.withLock { $0 } }

    func change(_ body: (inout Value) -> Void) { self.content.withLock { body(&$0) } }
}
