// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTPAPI
import Monitor
import Realtime

extension ServerMetrics {
    /// What the platforms watch, by the label `platform`.
    static func families(of monitors: [(platform: String, figures: MonitorFigures)]) -> [MetricFamily] {
        guard !monitors.isEmpty else { return [] }
        return [
            MetricFamily(
                "switchboard_monitor_services", .gauge, help: "Watched services, by their last state.",
                samples: monitors.flatMap { platform, figures in
                    figures.services.sorted { $0.key < $1.key }.map {
                        .init(Double($0.value), labels: [("platform", platform), ("status", $0.key)])
                    }
                }),
            MetricFamily(
                "switchboard_monitor_polls_total", .counter, help: "Services that were asked, by what came of it.",
                samples: monitors.flatMap { platform, figures in
                    figures.polls.sorted { $0.key < $1.key }.map {
                        .init(Double($0.value), labels: [("platform", platform), ("outcome", $0.key)])
                    }
                }),
            MetricFamily(
                "switchboard_monitor_poll_seconds", .histogram,
                help: "Time from asking a service to its whole answer, or to giving up.",
                samples: monitors.flatMap { Self.samples(of: $0.figures.seconds, platform: $0.platform) }),
        ]
    }

    private static func samples(of histogram: LatencyHistogram, platform: String) -> [MetricFamily.Sample] {
        var samples: [MetricFamily.Sample] = []
        var count: UInt64 = 0
        for (index, added) in histogram.counts.enumerated() {
            count += added
            let bound =
                index < LatencyHistogram.bounds.count
                ? "\(Double(LatencyHistogram.bounds[index]) / 1_000_000)" : "+Inf"
            samples.append(
                .init(Double(count), labels: [("platform", platform), ("le", bound)], suffix: "_bucket"))
        }
        let seconds = Double(histogram.totalMicroseconds) / 1_000_000
        samples.append(.init(seconds, labels: [("platform", platform)], suffix: "_sum"))
        samples.append(.init(Double(count), labels: [("platform", platform)], suffix: "_count"))
        return samples
    }
}
