// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Apps
import EngineIO
import HTTPAPI
import Monitor
import NIOCore
import Realtime
import SQLiteEngine
import Synchronization
import Transport

/// Figures of the parts that the admin API does not know: sockets and stores. Safe from any thread.
final class ServerMetrics: Sendable {
    private struct Parts {
        var listeners: [Listener] = []
        var engines: [(platform: String, engine: SQLiteEngine)] = []
        var socketIO: [(platform: String, endpoint: EngineEndpoint)] = []
        var monitors: [(platform: String, monitor: PlatformMonitor)] = []
        var dispatchers: [(platform: String, dispatcher: AppDispatcher)] = []
        var isReady = false
        var reloading: Reloading?
        var logs: OperatorLogs?
        var certificates: ServedCertificates?
        var alerts: [(platform: String, alerts: PlatformAlerts)] = []
    }

    private let parts = Mutex(Parts())

    func add(_ listener: Listener) { self.parts.withLock { $0.listeners.append(listener) } }

    func add(_ reloading: Reloading) { self.parts.withLock { $0.reloading = reloading } }

    func add(_ logs: OperatorLogs) { self.parts.withLock { $0.logs = logs } }

    func add(_ certificates: ServedCertificates) { self.parts.withLock { $0.certificates = certificates } }

    func add(_ alerts: PlatformAlerts, of platform: String) {
        self.parts.withLock { $0.alerts.append((platform, alerts)) }
    }

    func add(_ engine: SQLiteEngine, of platform: String) {
        self.parts.withLock { $0.engines.append((platform, engine)) }
    }

    func add(_ endpoint: EngineEndpoint, of platform: String) {
        self.parts.withLock { $0.socketIO.append((platform, endpoint)) }
    }

    func add(_ monitor: PlatformMonitor, of platform: String) {
        self.parts.withLock { $0.monitors.append((platform, monitor)) }
    }

    func add(_ dispatcher: AppDispatcher, of platform: String) {
        self.parts.withLock { $0.dispatchers.append((platform, dispatcher)) }
    }

    /// Whether clients are served: between the end of the start and the beginning of the end.
    var isReady: Bool {
        get { self.parts.withLock { $0.isReady } }
        set { self.parts.withLock { $0.isReady = newValue } }
    }

    /// The figures of this moment, on `eventLoop`. Those of stores have the labels `platform` and `node`.
    func families(on eventLoop: any EventLoop, node: String) -> EventLoopFuture<[MetricFamily]> {
        let (listeners, engines, reloads, logs, certificates) = self.parts.withLock {
            ($0.listeners, $0.engines, $0.reloading?.counts ?? .init(), $0.logs, $0.certificates)
        }
        let alerts = self.parts.withLock { $0.alerts.map { ($0.platform, $0.alerts.raised) } }
        let socketIO = self.parts.withLock { $0.socketIO.map { ($0.platform, $0.endpoint.gauges) } }
        let monitors = self.parts.withLock { $0.monitors }
        let dispatchers = self.parts.withLock { $0.dispatchers.map { ($0.platform, $0.dispatcher.figures) } }
        return eventLoop.makeFutureWithTask {
            var watched: [(platform: String, figures: MonitorFigures)] = []
            for (platform, monitor) in monitors {
                watched.append((platform, try await monitor.figures(gatheredOn: eventLoop).get()))
            }
            var gauges = Gauges()
            for listener in listeners { gauges = gauges + (try await listener.gauges()) }
            return Self.families(of: gauges)
                + Self.families(of: engines.map { ($0.platform, $0.engine.statistics) }, node: node)
                + Self.families(of: socketIO) + Self.families(of: watched) + Self.families(of: dispatchers, node: node)
                + [
                    Self.family(of: reloads), Self.family(of: logs?.losses ?? []),
                    Self.family(of: alerts, node: node),
                    Self.family(of: await certificates?.expiries ?? []),
                ]
        }
    }

    private static func family(of reloads: Reloading.Counts) -> MetricFamily {
        MetricFamily(
            "switchboard_reloads_total", .counter,
            help: "Times that the contracts were read again, by what came of it.",
            samples: [
                .init(Double(reloads.adopted), labels: [("result", "adopted")]),
                .init(Double(reloads.refused), labels: [("result", "refused")]),
            ])
    }

    private static func family(
        of alerts: [(platform: String, raised: [(figure: AlertRule.Figure, isRaised: Bool)])], node: String
    ) -> MetricFamily {
        MetricFamily(
            "switchboard_alert", .gauge, help: "The contract's alerts: 1 while one is raised.",
            samples: alerts.flatMap { platform, raised in
                raised.map { figure, isRaised in
                    .init(
                        isRaised ? 1 : 0,
                        labels: [("platform", platform), ("node", node), ("alert", figure.rawValue)])
                }
            })
    }

    private static func family(of losses: [(name: String, count: UInt64)]) -> MetricFamily {
        MetricFamily(
            "switchboard_log_lines_lost_total", .counter, help: "Lines that the audit or access log lacks.",
            samples: losses.map { .init(Double($0.count), labels: [("log", $0.name)]) })
    }

    private static func family(of expiries: [(file: String, time: Int64)]) -> MetricFamily {
        MetricFamily(
            "switchboard_certificate_expiry_timestamp_seconds", .gauge,
            help: "When a listener's certificate ends, in seconds since 1970.",
            samples: expiries.map { .init(Double($0.time), labels: [("file", $0.file)]) })
    }

    private static func families(of gauges: Gauges) -> [MetricFamily] {
        let figures: [(String, MetricFamily.Kind, String, Double)] = [
            ("sockets", .gauge, "Open sockets of all listeners.", Double(gauges.openConnections)),
            ("sockets_accepted_total", .counter, "Sockets accepted.", Double(gauges.connectionsTotal)),
            (
                "upgrades_refused_total", .counter,
                "Requests to become a WebSocket that were refused before the upgrade.",
                Double(gauges.refusedUpgradesTotal)
            ),
            (
                "tls_handshakes_failed_total", .counter, "Connections that ended before they were encrypted.",
                Double(gauges.failedTLSHandshakesTotal)
            ),
            (
                "slow_clients_total", .counter, "Clients closed because they did not read.", Double(gauges.tooSlowTotal)
            ),
            (
                "frames_dropped_total", .counter, "Frames left out for slow clients, for want of room.",
                Double(gauges.framesDroppedTotal)
            ),
            (
                "frames_replaced_total", .counter, "Frames left out for slow clients, for newer ones with their key.",
                Double(gauges.framesReplacedTotal)
            ),
            ("received_bytes_total", .counter, "Bytes received.", Double(gauges.receivedByteCount)),
            ("sent_bytes_total", .counter, "Bytes that the kernel took.", Double(gauges.sentByteCount)),
        ]
        return figures.map { MetricFamily("switchboard_\($0)", $1, help: $2, samples: [.init($3)]) }
    }

    private static func families(
        of stores: [(platform: String, statistics: SQLiteEngineStatistics)],
        node: String
    ) -> [MetricFamily] {
        let figures: [(String, MetricFamily.Kind, String, (SQLiteEngineStatistics) -> Double)] = [
            ("transactions_total", .counter, "Transactions that reached the disk.", { Double($0.transactions) }),
            ("commits_total", .counter, "Requests whose changes were kept.", { Double($0.commits) }),
            ("failures_total", .counter, "Requests whose changes could not be kept.", { Double($0.failures) }),
            ("queued_commits", .gauge, "Requests that wait to be kept.", { Double($0.queuedCommits) }),
            ("database_bytes", .gauge, "Size of the database with its log.", { Double($0.databaseByteCount) }),
        ]
        return figures.map { name, kind, help, value in
            MetricFamily(
                "switchboard_store_\(name)", kind, help: help,
                samples: stores.map {
                    .init(value($0.statistics), labels: [("platform", $0.platform), ("node", node)])
                })
        }
    }
}
