// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Counts what happened in the last stretch of time: never more than a rate allows passes in any stretch of its window.
///
/// What happens within a 32nd of the window (a 1024th where the rate is 32 or less) is counted together and let go together, with the last
/// of it, so that somebody who is always at the limit gets up to 3 % (0.1 %) less than it. Takes 16 bytes, and 8 more on the heap for each
/// further such part in which something happened, ``maximumPartCount`` at most. A rate whose window is 0 is never forgotten.
package struct SlidingWindow: Sendable {
    /// Past it the last part takes what comes, until others are over.
    private static let maximumPartCount = 64

    /// What happened within a part of the window.
    private struct Part {
        private static let timeBits: UInt64 = 40
        private static let timeMask: UInt64 = 1 << timeBits - 1
        private static let largestCount: UInt64 = 1 << 24 - 1

        /// 40 bits of milliseconds, 35 years, of which only differences count, below 24 bits of the count.
        private var bits: UInt64 = 0

        init() {}

        init(at now: Int64) { self.bits = 1 << Self.timeBits | UInt64(truncatingIfNeeded: now) & Self.timeMask }

        var count: Int64 { Int64(self.bits >> Self.timeBits) }

        /// The milliseconds since the last of it; less than 0 for a thread whose clock is behind.
        func age(at now: Int64) -> Int64 {
            let age = (UInt64(truncatingIfNeeded: now) &- self.bits) & Self.timeMask
            return age > Self.timeMask / 2 ? Int64(age) - Int64(Self.timeMask) - 1 : Int64(age)
        }

        mutating func add(at now: Int64) {
            let count = min(self.bits >> Self.timeBits + 1, Self.largestCount)
            let time =
                self.age(at: now) > 0 ? UInt64(truncatingIfNeeded: now) & Self.timeMask : self.bits & Self.timeMask
            self.bits = count << Self.timeBits | time
        }

        mutating func takeBack() { if self.count > 0 { self.bits -= 1 << Self.timeBits } }
    }

    private var latest = Part()
    /// Oldest first.
    private var earlier: [Part] = []

    package init() {}

    /// Counts one more, unless the limit is reached.
    ///
    /// - Parameter now: milliseconds of a clock that does not go back by more than what threads see differently.
    /// - Returns: `false` when it was not counted.
    package mutating func admit(at now: Int64, under rate: LimitRules.Rate) -> Bool {
        self.forget(at: now, under: rate)
        guard self.total < Int64(rate.count) else { return false }
        self.add(at: now, under: rate)
        return true
    }

    /// Counts one more, also past the limit.
    ///
    /// - Returns: the milliseconds from now until one more would be within the limit again; 0: it is now.
    package mutating func charge(at now: Int64, under rate: LimitRules.Rate) -> Int64 {
        self.forget(at: now, under: rate)
        self.add(at: now, under: rate)
        return self.wait(at: now, under: rate)
    }

    /// Takes back one that `admit` has counted, in the moment in which it was counted.
    package mutating func takeBack() {
        self.latest.takeBack()
        if self.latest.count == 0, let part = self.earlier.popLast() { self.latest = part }
    }

    /// The milliseconds from now until one more would be within the limit; 0: it is now, or never will be.
    package func wait(at now: Int64, under rate: LimitRules.Rate) -> Int64 {
        guard rate.window > 0 else { return 0 }
        var rest = self.total
        for part in self.earlier where rest >= Int64(rate.count) {
            rest -= part.count
            if rest < Int64(rate.count) { return max(rate.window - part.age(at: now), 0) }
        }
        return rest < Int64(rate.count) || rate.count == 0 ? 0 : max(rate.window - self.latest.age(at: now), 0)
    }

    private var total: Int64 { self.earlier.reduce(self.latest.count) { $0 + $1.count } }

    private mutating func add(at now: Int64, under rate: LimitRules.Rate) {
        if self.latest.count == 0 {
            self.latest = Part(at: now)
        } else if self.isInLatest(now, rate) {
            self.latest.add(at: now)
        } else {
            self.earlier.append(self.latest)
            self.latest = Part(at: now)
        }
    }

    private func isInLatest(_ now: Int64, _ rate: LimitRules.Rate) -> Bool {
        guard rate.window > 0, self.earlier.count < Self.maximumPartCount else { return true }
        let length = max(rate.window / (rate.count > 32 ? 32 : 1024), 1)
        // The parts are the same for all, so that none is longer than it should be, however things follow each other.
        return self.latest.age(at: now) <= now % length
    }

    /// Lets go of what is a whole window ago.
    private mutating func forget(at now: Int64, under rate: LimitRules.Rate) {
        guard rate.window > 0, self.latest.count > 0 else { return }
        if self.latest.age(at: now) >= rate.window {
            self.latest = Part()
            self.earlier = []
        } else if let first = self.earlier.first, first.age(at: now) >= rate.window {
            self.earlier.removeFirst(self.earlier.firstIndex { $0.age(at: now) < rate.window } ?? self.earlier.count)
        }
    }
}
