// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

@Suite struct LatencyHistogramTests {
    @Test func `a time counts in the first bucket whose bound it does not pass`() {
        var histogram = LatencyHistogram()
        for time in [0, 100, 101, 1_000_000, 1_000_001] as [Int64] { histogram.record(microseconds: time) }
        #expect(histogram.counts.first == 2)
        #expect(histogram.counts[1] == 1)
        #expect(histogram.counts[LatencyHistogram.bounds.count - 1] == 1)
        #expect(histogram.counts.last == 1)
        #expect(histogram.count == 5)
        #expect(histogram.totalMicroseconds == 2_000_202)
    }

    @Test func `histograms of several loops add up`() {
        var a = LatencyHistogram()
        var b = LatencyHistogram()
        a.record(microseconds: 50)
        b.record(microseconds: 60)
        b.record(microseconds: 3_000_000)
        #expect((a + b).counts.first == 2)
        #expect((a + b).counts.last == 1)
        #expect((a + b).totalMicroseconds == 3_000_110)
    }
}
