// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Decides when an alert is raised and when it clears, from a count that only grows and is looked at now and then.
///
/// Remembers what the count was at ``stepCount`` moments of the rule's time, so the stretch that is compared with the limit may be longer
/// than that time by one step and the interval between two looks.
package struct AlertWatch: Sendable {
    package static let stepCount: Int64 = 20

    package enum Change: Sendable, Hashable {
        /// - Parameter count: of the rule's last stretch of time.
        case raised(count: UInt64)
        /// - Parameter after: milliseconds since it was raised.
        case cleared(count: UInt64, after: Int64)
    }

    private struct Sample {
        var time: Int64
        var total: UInt64
    }

    /// May become another one about the same figure: an alert that is raised then clears by the new one.
    package var rule: AlertRule
    private var samples: [Sample] = []
    private var exceededSince: Int64?
    private var raisedAt: Int64?

    package init(_ rule: AlertRule) { self.rule = rule }

    package var isRaised: Bool { self.raisedAt != nil }
    var sampleCount: Int64 { Int64(self.samples.count) }

    /// - Parameters:
    ///   - total: since the start; what was there at the first look does not count.
    ///   - now: milliseconds of a clock that does not go back.
    package mutating func look(at total: UInt64, now: Int64) -> Change? {
        let count = total - min(self.totalBefore(now, total), total)
        if count > UInt64(self.rule.above.count) {
            let since = self.exceededSince ?? now
            self.exceededSince = since
            if self.raisedAt == nil, now - since >= self.rule.delay {
                self.raisedAt = now
                return .raised(count: count)
            }
        } else {
            self.exceededSince = nil
            if let raisedAt, count <= UInt64(max(self.rule.below, 0)) {
                self.raisedAt = nil
                return .cleared(count: count, after: now - raisedAt)
            }
        }
        return nil
    }

    /// The total at the beginning of the stretch that ends now.
    private mutating func totalBefore(_ now: Int64, _ total: UInt64) -> UInt64 {
        let window = self.rule.above.window
        if let first = self.samples.lastIndex(where: { $0.time <= now - window }) { self.samples.removeFirst(first) }
        let isDue = self.samples.last.map { now - $0.time >= window / Self.stepCount } ?? true
        if isDue { self.samples.append(Sample(time: now, total: total)) }
        return self.samples.first?.total ?? total
    }
}
