// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Counts what happened in the last stretch of time, in 16 bytes.
///
/// Two neighbouring windows are counted exactly; of the earlier one the share that still lies within the stretch is assumed to
/// be spread evenly. A burst after silence is therefore bounded exactly, a steady stream within a few percent. A rate whose window
/// is 0 is counted exactly, and never forgotten.
package struct SlidingWindow: Sendable {
    private var start: Int64 = .min
    private var current: Int32 = 0
    private var previous: Int32 = 0

    package init() {}

    /// Counts one more, unless the limit is reached.
    ///
    /// - Parameter now: milliseconds of a clock that does not go back by more than what threads see differently.
    /// - Returns: `false` when it was not counted.
    package mutating func admit(at now: Int64, under rate: LimitRules.Rate) -> Bool {
        self.move(to: now, under: rate)
        guard self.carried(at: now, under: rate) + Int64(self.current) < Int64(rate.count), self.current < .max else {
            return false
        }
        self.current += 1
        return true
    }

    /// Counts one more, also past the limit.
    ///
    /// - Returns: the milliseconds from now until one more would be within the limit again; 0: it is now.
    package mutating func charge(at now: Int64, under rate: LimitRules.Rate) -> Int64 {
        self.move(to: now, under: rate)
        if self.current < .max { self.current += 1 }
        return self.wait(at: now, under: rate)
    }

    /// Takes back one that `admit` has counted, in the moment in which it was counted.
    package mutating func takeBack() { if self.current > 0 { self.current -= 1 } }

    private mutating func move(to now: Int64, under rate: LimitRules.Rate) {
        guard rate.window > 0 else { return }
        if self.start == .min { self.start = now }
        let elapsed = now - self.start
        if elapsed >= 2 * rate.window {
            (self.start, self.current, self.previous) = (now, 0, 0)
        } else if elapsed >= rate.window {
            (self.start, self.current, self.previous) = (self.start + rate.window, 0, self.current)
        }
    }

    /// What the earlier window still counts for.
    private func carried(at now: Int64, under rate: LimitRules.Rate) -> Int64 {
        guard rate.window > 0, self.previous > 0 else { return 0 }
        return Int64(self.previous) * (rate.window - (now - self.start)) / rate.window
    }

    /// The milliseconds from now until one more would be within the limit; 0: it is now, or never will be.
    package func wait(at now: Int64, under rate: LimitRules.Rate) -> Int64 {
        let (count, window) = (Int64(rate.count), rate.window)
        guard window > 0, self.carried(at: now, under: rate) + Int64(self.current) >= count else { return 0 }
        // The latest remainder of a window in which what it carries over leaves room for one more.
        if Int64(self.current) < count {
            let remaining = ((count - Int64(self.current)) * window - 1) / Int64(max(self.previous, 1))
            return max(self.start + window - remaining - now, 1)
        }
        // Not within this window, but within the next, which carries this one over.
        let remaining = max(count * window - 1, 0) / Int64(max(self.current, 1))
        return max(self.start + 2 * window - remaining - now, 1)
    }
}
