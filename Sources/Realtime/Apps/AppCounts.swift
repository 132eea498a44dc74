// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What apps published, and what became of it. Threads: any; a lock for each publication of an app.
package final class AppCounts: Sendable {
    package enum Outcome: String, Sendable, CaseIterable {
        case accepted
        /// An idempotency key came again: it was answered, and nothing was published.
        case repeated
        /// The app has no right to it.
        case forbidden
        case limited
        /// Something else is wrong with it, or it could not be kept.
        case refused
    }

    private struct Key: Hashable {
        var app: String
        var outcome: Outcome
    }

    private let counts = Mutex<[Key: UInt64]>([:])

    func count(_ app: String, _ outcome: Outcome) {
        self.counts.withLock { $0[Key(app: app, outcome: outcome), default: 0] += 1 }
    }

    /// Those that are not 0, by app.
    package var all: [(app: String, outcome: Outcome, count: UInt64)] {
        self.counts.withLock { $0.map { ($0.key.app, $0.key.outcome, $0.value) } }
            .sorted { ($0.app, $0.outcome.rawValue) < ($1.app, $1.outcome.rawValue) }
    }
}
