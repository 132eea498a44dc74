// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One metric with all its samples, as the Prometheus text format 0.0.4 has it.
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    package struct Sample: Sendable {
        /// Behind the metric's name: `_bucket`, `_sum` and `_count` of a histogram, empty otherwise.
        package var suffix: String
        /// In order.
        package var labels: [(name: String, value: String)]
        package var value: Double

        package init(_ value: Double, labels: [(name: String, value: String)] = [], suffix: String = "") {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    /// Begins with what it belongs to, ends with its base unit, and for a counter with `_total`: `switchboard_received_bytes_total`.
    package var name: String
    /// One sentence.
    package var help: String
    package var kind: Kind
    package var samples: [Sample]

    package init(_ name: String, _ kind: Kind, help: String, samples: [Sample] = []) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }
}
