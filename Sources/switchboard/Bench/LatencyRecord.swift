// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Latencies in logarithmic buckets of 1/32 width, so that any percentile is within 3 % and recording costs nothing.
struct LatencyRecord {
    private static let subBuckets = 32
    private var counts = [UInt64](repeating: 0, count: 64 * LatencyRecord.subBuckets)
    private(set) var count: UInt64 = 0
    private(set) var maximum: UInt64 = 0

    mutating func record(nanoseconds: UInt64) {
        self.counts[Self.bucket(of: nanoseconds)] += 1
        self.count += 1
        self.maximum = max(self.maximum, nanoseconds)
    }

    /// - Parameter share: 0 to 1, such as 0.99.
    func milliseconds(atShare share: Double) -> Double {
        guard self.count > 0 else { return 0 }
        let rank = UInt64((Double(self.count) * share).rounded(.up))
        var seen: UInt64 = 0
        for (index, count) in self.counts.enumerated() {
            seen += count
            if seen >= max(rank, 1) { return Double(min(Self.upperBound(of: index), self.maximum)) / 1e6 }
        }
        return Double(self.maximum) / 1e6
    }

    private static func bucket(of value: UInt64) -> Int {
        guard value >= 32 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        return (exponent - 4) * Self.subBuckets + Int((value >> UInt64(exponent - 5)) & 31)
    }

    private static func upperBound(of bucket: Int) -> UInt64 {
        guard bucket >= 32 else { return UInt64(bucket) }
        let exponent = bucket / Self.subBuckets + 4
        return (UInt64(32 + bucket % Self.subBuckets) + 1) << UInt64(exponent - 5)
    }
}
