// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Spreads questions over time, so that neither a start nor the passing of intervals brings them all at once.
enum Spread {
    /// FNV-1a: the same on each start, so that a service keeps its place in the interval.
    static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// The first question: at the service's place in the interval.
    static func first(_ name: String, every: TimeAmount, now: NIODeadline) -> NIODeadline {
        now + .nanoseconds(Int64(self.hash(name) % UInt64(max(every.nanoseconds, 1))))
    }

    /// The next one: an interval after the last was due, a twentieth more or less.
    static func next(after due: NIODeadline, every: TimeAmount, now: NIODeadline) -> NIODeadline {
        let slack = every.nanoseconds / 20
        let next = due + every + .nanoseconds(.random(in: -slack...slack))
        // One that took longer than its interval is not asked again at once.
        return max(next, now + .nanoseconds(every.nanoseconds / 2))
    }
}
