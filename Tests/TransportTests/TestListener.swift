// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Transport

/// Serves `application` on a free port of one loop while `body` runs.
///
/// Deadlines are noticed within 20 ms, so that tests of them are short.
func withListener(
    _ application: TestApplication, configure: (inout ListenerConfiguration) -> Void = { _ in },
    _ body: @Sendable (Listener) async throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var configuration = ListenerConfiguration()
    configuration.sweepInterval = .milliseconds(20)
    configure(&configuration)
    let listener = try await Listener.start(configuration, application: application, on: group)
    do {
        try await body(listener)
    } catch {
        try await listener.stopAccepting()
        try await group.shutdownGracefully()
        throw error
    }
    try await listener.stopAccepting()
    try await group.shutdownGracefully()
}

extension Listener {
    /// The gauges once they are as `condition` says, or, when they never are, as they are ten seconds later.
    ///
    /// A peer sees the end of its connection a little before the loop has counted it.
    func gauges(once condition: (Gauges) -> Bool) async throws -> Gauges {
        let end = ContinuousClock.now + .seconds(10)
        while true {
            let gauges = try await self.gauges()
            if condition(gauges) || ContinuousClock.now > end { return gauges }
            await Task.yield()
        }
    }
}
