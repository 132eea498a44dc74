// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Apps
import HTTPAPI
import Realtime

extension ServerMetrics {
    /// What the calls to each platform's apps amount to, labelled with the platform, the node and the app.
    static func families(
        of platforms: [(platform: String, apps: [(app: String, figures: CallFigures)])], node: String
    ) -> [MetricFamily] {
        let all = platforms.flatMap { platform in
            platform.apps.map { entry in
                (
                    labels: [
                        (name: "platform", value: platform.platform), (name: "node", value: node),
                        (name: "app", value: entry.app),
                    ],
                    figures: entry.figures
                )
            }
        }
        guard !all.isEmpty else { return [] }
        var calls = MetricFamily(
            "switchboard_app_calls_total", .counter, help: "Clients' events for apps, by what became of them.")
        var times = MetricFamily(
            "switchboard_app_call_seconds", .histogram,
            help: "Time from a client's event to the app's answer, of those that were answered.")
        for (labels, figures) in all {
            calls.samples += CallOutcome.allCases.map { outcome in
                .init(
                    Double(figures.counts[outcome] ?? 0), labels: labels + [(name: "outcome", value: outcome.rawValue)])
            }
            times.append(figures.times, labels: labels)
        }
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (CallFigures) -> Double
        ) -> MetricFamily {
            MetricFamily(
                "switchboard_app_\(name)", kind, help: help,
                samples: all.map { .init(value($0.figures), labels: $0.labels) })
        }
        return [
            calls, times,
            family("connections", .gauge, "Connections on which apps take calls.") { Double($0.connections) },
            family("calls_paused", .gauge, "1 while an app that failed is not asked.") { $0.isPaused ? 1 : 0 },
            family("answers_ignored_total", .counter, "Answers of apps that nobody waited for.") {
                Double($0.ignoredAnswers)
            },
        ]
    }
}
