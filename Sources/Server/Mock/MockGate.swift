// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import NIOCore
import Realtime
import Synchronization

/// What is broken on purpose at the moment, as connections and calls see it. Threads: any.
final class MockGate: Sendable {
    private struct State {
        var outage: ScenarioStep.Outage?
        /// Tells an outage from a later one, whose end is not that of the first.
        var number = 0
    }

    private let state = Mutex(State())
    /// For those who pass each time, so that they need no lock when nothing is broken.
    private let isBroken = Atomic(false)

    /// Takes the place of an earlier outage.
    func open(_ outage: ScenarioStep.Outage, on eventLoop: any EventLoop) {
        let number = self.state.withLock { state in
            state.outage = outage
            state.number += 1
            self.isBroken.store(true, ordering: .relaxed)
            return state.number
        }
        guard let length = outage.length else {
            // What only ends connections is over with that.
            if outage.refusal == nil, outage.slow == nil { self.close() }
            return
        }
        eventLoop.scheduleTask(in: .milliseconds(length)) { self.close(only: number) }
    }

    /// - Parameter number: nothing happens when another outage has begun since.
    func close(only number: Int? = nil) {
        self.state.withLock { state in
            guard number == nil || number == state.number else { return }
            state.outage = nil
            self.isBroken.store(false, ordering: .relaxed)
        }
    }

    var outage: ScenarioStep.Outage? {
        guard self.isBroken.load(ordering: .relaxed) else { return nil }
        return self.state.withLock { $0.outage }
    }

    var refusesConnections: Bool { self.outage?.refusal == .connections }
    var refusesTokens: Bool { self.outage?.refusal == .tokens }
    /// `nil`: nothing is slow.
    var delay: TimeAmount? { self.outage?.slow.map { .milliseconds($0) } }
}
