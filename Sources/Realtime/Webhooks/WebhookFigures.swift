// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a platform's deliveries to its backend amount to. Counters only rise.
package struct WebhookFigures: Sendable, Equatable {
    /// Kept and neither accepted nor given up.
    package var waiting = 0
    /// Given up, and still there for the operator.
    package var dead = 0
    /// When the oldest that waits was made; `nil`: none waits.
    package var oldest: Timestamp?
    package var delivered: UInt64 = 0
    /// Tries that failed.
    package var failedTries: UInt64 = 0
    package var givenUp: UInt64 = 0
    /// Events that could not be kept.
    package var lost: UInt64 = 0

    init() {}
}
