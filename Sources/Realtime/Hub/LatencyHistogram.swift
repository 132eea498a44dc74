// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Times from the acceptance of a publication to the write to its last subscriber on a loop.
package struct LatencyHistogram: Sendable {
    /// Upper bounds of the buckets, in microseconds; one more bucket has no bound.
    package static let bounds: [Int64] = [
        100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    ]

    package private(set) var counts = [UInt64](repeating: 0, count: LatencyHistogram.bounds.count + 1)
    package private(set) var totalMicroseconds: Int64 = 0

    package init() {}

    package var count: UInt64 { self.counts.reduce(0, +) }

    package mutating func record(microseconds: Int64) {
        let bucket = Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count
        self.counts[bucket] += 1
        self.totalMicroseconds += microseconds
    }

    package static func + (a: Self, b: Self) -> Self {
        var sum = a
        for index in sum.counts.indices { sum.counts[index] += b.counts[index] }
        sum.totalMicroseconds += b.totalMicroseconds
        return sum
    }
}
