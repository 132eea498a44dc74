// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPAPI
package import Logging
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

    private let group: MultiThreadedEventLoopGroup
    private let listeners: [Listener]
    private let keyTasks: [Task<Void, Never>]
    private let metrics: ServerMetrics
    private let lines: LineOutput
    private let logger: Logger

    /// Where one platform's clients connect.
    package struct ListenerAddress: Sendable {
        package var platform: String
        package var host: String?
        package var port: Int
        package var path: String
    }

    /// Starts everything, or throws a ``ServerError`` or ``ContractFaults`` and leaves nothing running.
    package static func start(_ configuration: ServerConfiguration, logger: Logger) async throws -> Server {
        try await ServerAssembly(configuration, logger: logger).start()
    }

    init(_ assembly: ServerAssembly, addresses: [ListenerAddress], adminPort: Int, newAPIKey: String?) {
        self.platforms = assembly.platforms
        self.group = assembly.group
        self.listeners = assembly.listeners
        self.keyTasks = assembly.keyTasks
        self.metrics = assembly.metrics
        self.lines = assembly.lines
        self.logger = assembly.logger
        self.addresses = addresses
        self.adminPort = adminPort
        self.newAPIKey = newAPIKey
    }

    /// Stops accepting, tells every client that the server goes away (1001), commits what is under way, and lets go of everything.
    package func stop() async {
        self.metrics.isReady = false
        self.logger.notice("stopping: clients are told, what is under way is committed")
        for listener in self.listeners { try? await listener.stopAccepting() }
        for platform in self.platforms {
            try? await platform.disconnectAll(gatheredOn: self.group.any()).get()
        }
        await ServerAssembly.end(
            listeners: self.listeners, platforms: self.platforms, keyTasks: self.keyTasks, group: self.group)
        self.lines.close()
        self.logger.notice("stopped")
    }
}
