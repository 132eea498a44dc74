// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// What one app's calls amount to.
package struct CallFigures: Sendable {
    package var counts: [CallOutcome: UInt64] = [:]
    /// From the client's event to the answer, of calls that were answered.
    package var times = LatencyHistogram()
    /// Answers that nobody waited for.
    package var ignoredAnswers: UInt64 = 0
    package var connections = 0
    package var isPaused = false
}
