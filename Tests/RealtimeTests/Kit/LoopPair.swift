// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime

/// A platform on two loops, each with a thread of its own.
final class LoopPair: Sendable {
    let loops = [NIOAsyncTestingEventLoop(), NIOAsyncTestingEventLoop()]
    let engine: EngineDouble
    let platform: Platform
    private let numbers = Mutexed<UInt64>(0)

    init(_ definition: PlatformDefinition = .market(), engine: EngineDouble = EngineDouble()) throws {
        self.engine = engine
        self.platform = try Platform(
            definition, dialects: [LineDialect()], engine: engine, eventLoops: self.loops, clock: ManualClock(), node: 7
        )
    }

    /// A connection on one of the loops. Its session lives until `close` of that number.
    func connect(_ user: String = "alice", on loop: Int, to channels: [String]) async throws -> Recording {
        let (platform, eventLoop, numbers) = (self.platform, self.loops[loop], self.numbers)
        return try await eventLoop.executeInContext {
            numbers.change { $0 += 1 }
            let port = RecordingPort(number: numbers.value, eventLoop: eventLoop)
            guard let hub = platform.hub(on: eventLoop) else { preconditionFailure("no hub on loop \(loop)") }
            let session = Session(port: port, identity: Identity(user: UserID(user)), dialectIndex: 0, hub: hub)
            for channel in channels {
                guard case .success = session.subscribe(to: channel) else { preconditionFailure("\(channel) refused") }
            }
            return port.recording
        }
    }

    /// Publishes from whatever thread calls.
    func publish(_ event: String, _ data: String) -> Outcome {
        let outcome = Outcome()
        self.platform.publish([PublishRequest(event: event, data: JSONDocument.of(data).root)]) { outcome.put($0) }
        return outcome
    }

    /// Runs both loops until each has seen what the other left for it.
    func run() async {
        for _ in 0..<3 {
            for loop in self.loops { await loop.run() }
        }
    }

    func close() async {
        self.platform.close()
        for loop in self.loops { await loop.shutdownGracefully() }
    }
}
