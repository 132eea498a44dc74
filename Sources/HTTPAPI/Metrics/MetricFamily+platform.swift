// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// What one platform amounts to in the moment it is asked.
struct PlatformFigures: Sendable {
    var name: String
    var statistics: LoopStatistics
    var channels: Int
    var publications: UInt64
    var refusals: UInt64
    var revokedFamilies: UInt64
    var apps: [(app: String, outcome: AppCounts.Outcome, count: UInt64)]

    init(_ platform: Platform, _ statistics: LoopStatistics) {
        self.name = platform.definition.name
        self.statistics = statistics
        self.channels = platform.subscribedChannelCount
        self.publications = platform.counters.publications
        self.refusals = platform.counters.refusals
        self.revokedFamilies = platform.counters.revokedFamilies
        self.apps = platform.apps.counts.all
    }
}

extension MetricFamily {
    /// The metrics of all platforms, each labelled with its platform and the node.
    static func families(of platforms: [PlatformFigures], node: String) -> [MetricFamily] {
        func family(
            _ name: String, _ kind: Kind, _ help: String, _ value: (PlatformFigures) -> Double
        ) -> MetricFamily {
            MetricFamily(
                "switchboard_" + name, kind, help: help,
                samples: platforms.map { Sample(value($0), labels: Self.labels($0, node)) })
        }
        return [
            family("connections", .gauge, "Open client connections.") { Double($0.statistics.connections) },
            family("connections_opened_total", .counter, "Client connections that were let in.") {
                Double($0.statistics.connectionsOpened)
            },
            family("subscriptions", .gauge, "Subscriptions that connections hold.") {
                Double($0.statistics.subscriptions)
            },
            family("channels", .gauge, "Channels with at least one subscription.") { Double($0.channels) },
            family("publications_total", .counter, "Events that were published, of every origin.") {
                Double($0.publications)
            },
            family("publications_refused_total", .counter, "Requests to publish that were answered with an error.") {
                Double($0.refusals)
            },
            family("deliveries_total", .counter, "Copies of publications that were handed to connections.") {
                Double($0.statistics.deliveries)
            },
            family("messages_received_total", .counter, "Messages that clients sent.") {
                Double($0.statistics.messagesReceived)
            },
            family("subscriptions_ended_total", .counter, "Subscriptions that ended because the right was lost.") {
                Double($0.statistics.subscriptionsEnded)
            },
            family(
                "refresh_families_revoked_total", .counter,
                "Sign-ins that were revoked because an old refresh token was brought again."
            ) { Double($0.revokedFamilies) },
            Self.errors(platforms, node), Self.limits(platforms, node), Self.latency(platforms, node),
            Self.apps(platforms, node),
        ]
    }

    private static func labels(_ platform: PlatformFigures, _ node: String) -> [(name: String, value: String)] {
        [("platform", platform.name), ("node", node)]
    }

    private static func errors(_ platforms: [PlatformFigures], _ node: String) -> MetricFamily {
        var family = MetricFamily(
            "switchboard_errors_total", .counter, help: "Errors that clients were told, by code.")
        for platform in platforms {
            let told = platform.statistics.errors
            // Every known code from the start, so that the first error is a rise from 0.
            let others = told.keys.filter { !RequestError.Code.all.contains($0) }
                .sorted { $0.rawValue < $1.rawValue }
            for code in RequestError.Code.all + others {
                let labels = Self.labels(platform, node) + [("code", code.rawValue)]
                family.samples.append(Sample(Double(told[code] ?? 0), labels: labels))
            }
        }
        return family
    }

    private static func limits(_ platforms: [PlatformFigures], _ node: String) -> MetricFamily {
        var family = MetricFamily(
            "switchboard_limited_total", .counter, help: "Times that a client met a limit of its contract, by limit.")
        for platform in platforms {
            for kind in LimitKind.allCases {
                let labels = Self.labels(platform, node) + [("limit", kind.name)]
                family.samples.append(Sample(Double(platform.statistics.limited[kind]), labels: labels))
            }
        }
        return family
    }

    private static func apps(_ platforms: [PlatformFigures], _ node: String) -> MetricFamily {
        var family = MetricFamily(
            "switchboard_app_publications_total", .counter, help: "Publications of apps, by app and what came of them.")
        for platform in platforms {
            for (app, outcome, count) in platform.apps {
                let labels = Self.labels(platform, node) + [("app", app), ("outcome", outcome.rawValue)]
                family.samples.append(Sample(Double(count), labels: labels))
            }
        }
        return family
    }

    private static func latency(_ platforms: [PlatformFigures], _ node: String) -> MetricFamily {
        var family = MetricFamily(
            "switchboard_broadcast_latency_seconds", .histogram,
            help: "Time from the acceptance of a publication to its write to the last subscriber of a loop.")
        for platform in platforms {
            family.append(platform.statistics.latency, labels: Self.labels(platform, node))
        }
        return family
    }

    package mutating func append(_ histogram: LatencyHistogram, labels: [(name: String, value: String)]) {
        var count: UInt64 = 0
        for (index, added) in histogram.counts.enumerated() {
            count += added
            let bound =
                index < LatencyHistogram.bounds.count ? Double(LatencyHistogram.bounds[index]) / 1_000_000 : .infinity
            self.samples.append(
                Sample(Double(count), labels: labels + [("le", MetricsText.number(bound))], suffix: "_bucket"))
        }
        let seconds = Double(histogram.totalMicroseconds) / 1_000_000
        self.samples.append(Sample(seconds, labels: labels, suffix: "_sum"))
        self.samples.append(Sample(Double(count), labels: labels, suffix: "_count"))
    }
}
