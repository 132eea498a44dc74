// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Counts what happened in the last stretch of time, in 24 bytes.
///
/// Two neighbouring windows are counted exactly; of the earlier one the share that still lies within the stretch is assumed to
/// be spread evenly. A burst after silence is therefore bounded exactly, a steady stream within a few percent.
package struct SlidingWindow: Sendable {
    private var start: Int64 = .min
    private var current: Int32 = 0
    private var previous: Int32 = 0

    package init() {}

    /// Counts one more, unless the limit is reached.
    ///
    /// - Parameter now: milliseconds of a clock that does not go back.
    /// - Returns: `false` when it was not counted.
    package mutating func admit(at now: Int64, under rate: LimitRules.Rate) -> Bool {
        if self.start == .min { self.start = now }
        let elapsed = now - self.start
        if elapsed >= 2 * rate.window {
            (self.start, self.current, self.previous) = (now, 0, 0)
        } else if elapsed >= rate.window {
            (self.start, self.current, self.previous) = (self.start + rate.window, 0, self.current)
        }
        let remaining = rate.window - (now - self.start)
        let carried = Int64(self.previous) * remaining / rate.window
        guard carried + Int64(self.current) < Int64(rate.count) else { return false }
        self.current += 1
        return true
    }
}
