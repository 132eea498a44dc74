// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import EngineIO
import Foundation
package import HTTPAPI
package import Logging
import Monitor
import NIOCore
import NIOPosix
package import Realtime
import SQLiteEngine
import Tokens
import Transport
import WebSocketDialect

/// One running server: its platforms, their listeners, the admin API. The only place that knows every part.
package final class Server: Sendable {
    package static let version = "0.1.0"

    package let platforms: [Platform]
    /// The address and ports that were bound, in the order of the contracts.
    package let addresses: [ListenerAddress]
    package let adminPort: Int
    /// The admin API's key, when this start made it: it is shown once.
    package let newAPIKey: String?

    /// What stands in for the backends, in the order of the contracts; none without `--mock`.
    package let mocks: [MockBackend]

    private let group: MultiThreadedEventLoopGroup
    private let listeners: [Listener]
    private let socketIOListeners: [SocketIOListener]
    private let adminListener: Listener?
    private let drainLimit: Duration
    private let monitors: [PlatformMonitor]
    private let keyTasks: KeyTasks
    private let backends: BackendClient
    private let alerts: [PlatformAlerts]
    private let reloading: Reloading
    private let metrics: ServerMetrics
    private let lines: LineOutput
    private let logs: OperatorLogs
    private let logger: Logger

    /// Where one platform's clients connect.
    package struct ListenerAddress: Sendable {
        package var platform: String
        package var host: String?
        package var port: Int
        package var path: String
        package var isSocketIO = false
        package var isEncrypted = false
    }

    /// Starts everything, or throws a ``ServerError`` or ``ContractFaults`` and leaves nothing running.
    package static func start(_ configuration: ServerConfiguration, logger: Logger) async throws -> Server {
        try await ServerAssembly(configuration, logger: logger).start()
    }

    init(
        _ assembly: ServerAssembly, reloading: Reloading, logs: OperatorLogs, addresses: [ListenerAddress],
        adminPort: Int,
        newAPIKey: String?
    ) {
        self.platforms = assembly.platforms
        self.group = assembly.group
        self.listeners = assembly.listeners
        self.socketIOListeners = assembly.socketIOListeners
        self.adminListener = assembly.adminListener
        self.drainLimit = assembly.drainLimit
        self.monitors = assembly.monitors
        self.keyTasks = assembly.keyTasks
        self.backends = assembly.backends
        self.alerts = assembly.alerts
        self.mocks = assembly.mocks
        self.reloading = reloading
        self.logs = logs
        self.metrics = assembly.metrics
        self.lines = assembly.lines
        self.logger = assembly.logger
        self.addresses = addresses
        self.adminPort = adminPort
        self.newAPIKey = newAPIKey
    }

    /// Reads the contracts again, as a whole or not at all, without ending connections that may stay. What is wrong is logged.
    ///
    /// Concurrent calls come one after the other; each returns when its contracts are in effect, or refused.
    @discardableResult
    package func reload() async -> ReloadReport { await self.reloading.reload() }

    /// Clients told that the server goes away are at least so many each time, so that few are told at once.
    private static let leastStepCount = 100
    private static let stepInterval = Duration.milliseconds(100)

    /// Stops accepting, tells every client that the server goes away (1001), commits what is under way, and lets go of everything.
    ///
    /// Clients are told a tenth at a time, ten times a second, so that they do not all come to another node at once. What has not
    /// ended when the limit of time is over is cut off. The admin API says that the server is not ready until then.
    package func stop() async {
        let deadline = ContinuousClock.now + self.drainLimit
        self.metrics.isReady = false
        self.logger.notice("stopping: clients are told, what is under way is committed")
        for mock in self.mocks { mock.stop() }
        for alerts in self.alerts { alerts.end() }
        for monitor in self.monitors { await monitor.end() }
        for listener in self.listeners { try? await listener.stopAccepting() }
        await self.tellClients()
        await ServerAssembly.end(
            listeners: self.listeners, adminListener: self.adminListener, platforms: self.platforms,
            keyTasks: self.keyTasks, backends: self.backends, group: self.group, deadline: deadline)
        self.lines.close()
        self.logs.close()
        self.logger.notice("stopped")
    }

    private func tellClients() async {
        let eventLoop = self.group.any()
        var connectionCount = 0
        for platform in self.platforms {
            let statistics = try? await platform.statistics(gatheredOn: eventLoop).get()
            connectionCount += Int(statistics?.connections ?? 0)
        }
        let stepCount = UInt64(min(max(connectionCount / Self.leastStepCount, 1), 10))
        let interval = min(Self.stepInterval, self.drainLimit / 20)
        for step in 1..<stepCount {
            for platform in self.platforms {
                try? await platform.disconnect(part: step, of: stepCount, gatheredOn: eventLoop).get()
            }
            try? await Task.sleep(for: interval)
        }
        for platform in self.platforms { try? await platform.disconnectAll(gatheredOn: eventLoop).get() }
        // Those that have joined no namespace are no connections of a platform.
        for listener in self.socketIOListeners { await listener.engine.closeAll(.serverShuttingDown) }
    }
}
