// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension MetricFamily {
    /// Deliveries to the backends of platforms.
    static func webhooks(of platforms: [Platform], node: String) -> [MetricFamily] {
        let figures = platforms.map { (name: $0.definition.name, figures: $0.webhookFigures, now: $0.clock.now()) }
        func family(
            _ name: String, _ kind: Kind, _ help: String, _ value: (WebhookFigures, Timestamp) -> Double
        ) -> MetricFamily {
            MetricFamily(
                "switchboard_webhooks_" + name, kind, help: help,
                samples: figures.map {
                    Sample(value($0.figures, $0.now), labels: [("platform", $0.name), ("node", node)])
                })
        }
        return [
            family("waiting", .gauge, "Events that wait for the backend.") { figures, _ in Double(figures.waiting) },
            family("oldest_age_seconds", .gauge, "Age of the oldest event that waits for the backend.") {
                figures, now in
                figures.oldest.map { max(0, Double(now.milliseconds - $0.milliseconds) / 1000) } ?? 0
            },
            family("dead", .gauge, "Events that were given up and are kept for the operator.") { figures, _ in
                Double(figures.dead)
            },
            family("delivered_total", .counter, "Events that the backend has accepted.") { figures, _ in
                Double(figures.delivered)
            },
            family("failed_total", .counter, "Tries to deliver an event that failed.") { figures, _ in
                Double(figures.failedTries)
            },
            family("dead_total", .counter, "Events that were given up.") { figures, _ in Double(figures.givenUp) },
            family("lost_total", .counter, "Events that could not be kept and were never sent.") { figures, _ in
                Double(figures.lost)
            },
        ]
    }
}
