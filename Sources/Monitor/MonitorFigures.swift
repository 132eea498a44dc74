// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// What a monitor amounts to in the moment it is asked.
package struct MonitorFigures: Sendable {
    /// By state: `healthy`, `degraded`, `unhealthy`, `lost`, and `unknown` before the first report.
    package private(set) var services: [String: Int] = [:]
    /// Questions by what came of them.
    package private(set) var polls: [String: UInt64] = [:]
    /// How long services took to answer, or the monitor to give up.
    package private(set) var seconds = LatencyHistogram()

    init() {
        for state in ServiceHealth.Status.allCases.map(\.rawValue) + ["lost", "unknown"] { self.services[state] = 0 }
        for outcome in HealthAnswer.Outcome.allCases { self.polls[outcome.rawValue] = 0 }
    }

    mutating func count(_ outcome: HealthAnswer.Outcome, microseconds: Int64) {
        self.polls[outcome.rawValue, default: 0] += 1
        self.seconds.record(microseconds: microseconds)
    }

    mutating func count(_ service: WatchedService) {
        let state = service.registration.isLost ? "lost" : service.status?.rawValue ?? "unknown"
        self.services[state, default: 0] += 1
    }

    static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.services.merge(b.services, uniquingKeysWith: +)
        sum.polls.merge(b.polls, uniquingKeysWith: +)
        sum.seconds = a.seconds + b.seconds
        return sum
    }
}
