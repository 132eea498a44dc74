// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import EngineIO
import HTTPAPI

extension ServerMetrics {
    /// What the Socket.IO listeners of each platform amount to.
    static func families(of listeners: [(platform: String, gauges: EngineGauges)]) -> [MetricFamily] {
        var byPlatform: [(platform: String, gauges: [EngineGauges])] = []
        for (platform, gauges) in listeners {
            if let index = byPlatform.firstIndex(where: { $0.platform == platform }) {
                byPlatform[index].gauges.append(gauges)
            } else {
                byPlatform.append((platform, [gauges]))
            }
        }
        guard !byPlatform.isEmpty else { return [] }
        return [
            Self.family("sessions", .gauge, "Open Socket.IO sessions.", of: byPlatform, label: "transport") {
                ["polling": Double($0.pollingSessions), "websocket": Double($0.webSocketSessions)]
            },
            Self.family("sessions_total", .counter, "Socket.IO sessions that were opened.", of: byPlatform) {
                ["": Double($0.sessionsTotal)]
            },
            Self.family(
                "upgrades_total", .counter, "Sessions that changed from polling to a WebSocket.", of: byPlatform
            ) { ["": Double($0.upgradesTotal)] },
            Self.family("pongs_total", .counter, "Pings that clients answered.", of: byPlatform) {
                ["": Double($0.pongsTotal)]
            },
            Self.family("ping_seconds_total", .counter, "Seconds that these pings took, together.", of: byPlatform) {
                ["": Double($0.pingMillisecondsTotal) / 1000]
            },
            Self.family(
                "refusals_total", .counter, "Requests that Engine.IO refused, by its code.", of: byPlatform,
                label: "code"
            ) { Dictionary(uniqueKeysWithValues: $0.refusalsTotal.map { ("\($0.key)", Double($0.value)) }) },
            Self.family(
                "ended_total", .counter, "Sessions that have ended, by the reason.", of: byPlatform, label: "reason"
            ) { Dictionary(uniqueKeysWithValues: $0.endedTotal.map { ($0.key.rawValue, Double($0.value)) }) },
        ]
    }

    /// - Parameter values: by the value of the label; without one, of the empty text.
    private static func family(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String,
        of platforms: [(platform: String, gauges: [EngineGauges])],
        label: String? = nil,
        _ values: (EngineGauges) -> [String: Double]
    ) -> MetricFamily {
        var samples: [MetricFamily.Sample] = []
        for (platform, gauges) in platforms {
            var sums: [String: Double] = [:]
            for gauge in gauges { sums.merge(values(gauge)) { $0 + $1 } }
            for (value, sum) in sums.sorted(by: { $0.key < $1.key }) {
                samples.append(
                    .init(sum, labels: [("platform", platform)] + (label.map { [($0, value)] } ?? [])))
            }
        }
        return MetricFamily("switchboard_socketio_\(name)", kind, help: help, samples: samples)
    }
}
