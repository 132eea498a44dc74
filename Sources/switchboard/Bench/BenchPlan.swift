// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a benchmark does: how many listen, and how fast is published.
struct BenchPlan: Sendable {
    enum Pace: Sendable {
        /// So many a second, each at its time, whatever the server does.
        case rate(Double)
        /// As fast as this many at once allow.
        case window(UInt32)
    }

    var connections: Int
    /// Handshakes under way at once.
    var concurrency: Int
    var pace: Pace
    var warmup: Double
    var duration: Double
}
