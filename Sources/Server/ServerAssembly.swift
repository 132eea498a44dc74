// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Apps
import BackendClient
import Certificates
import Connections
import Contract
import Foundation
import HTTPAPI
import Logging
import Monitor
import NIOCore
import NIOPosix
import Pages
import Realtime
import SQLiteEngine
import Synchronization
import Tokens
import Transport

/// Puts a server together, part by part, and takes the parts down again when one of them fails.
final class ServerAssembly {
    /// 128 bits, when every byte holds 8 of them.
    private static let leastKeyByteCount = 16

    let group: MultiThreadedEventLoopGroup
    let logger: Logger
    private(set) var platforms: [Platform] = []
    private(set) var listeners: [Listener] = []
    private(set) var adminListener: Listener?
    /// Whatever the server asks of others over HTTP goes through it.
    let backends: BackendClient
    private(set) var monitors: [PlatformMonitor] = []
    let keyTasks = KeyTasks()
    let metrics = ServerMetrics()
    let lines = LineOutput()
    private(set) var socketIOListeners: [SocketIOListener] = []
    private let numbers = SharedNumbers()
    let certificates: ServedCertificates
    private(set) var alerts: [PlatformAlerts] = []
    private(set) var mocks: [MockBackend] = []
    private var logs: OperatorLogs?
    private let configuration: ServerConfiguration

    init(_ configuration: ServerConfiguration, logger: Logger) throws(ServerError) {
        let trust = try Self.trust(configuration.backendAuthorities)
        self.configuration = configuration
        self.logger = logger
        self.certificates = ServedCertificates(logger: logger)
        let count = configuration.loopCount ?? System.coreCount
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: min(max(count, 1), Platform.maximumLoopCount))
        self.backends = BackendClient(Array(self.group.makeIterator()), trust: trust)
    }

    private static func trust(_ file: String?) throws(ServerError) -> CertificateTrust {
        do throws(CertificateFault) {
            return try CertificateTrust(file: file)
        } catch {
            throw ServerError(
                "error: the authorities of backends: \(error)" + (error.hint.map { "\n  hint: \($0)" } ?? ""))
        }
    }

    func start() async throws -> Server {
        do {
            return try await self.assemble()
        } catch {
            await Self.end(
                listeners: self.listeners, adminListener: self.adminListener, platforms: self.platforms,
                keyTasks: self.keyTasks, backends: self.backends, group: self.group, deadline: .now + self.drainLimit)
            self.lines.close()
            self.logs?.close()
            throw error
        }
    }

    /// How long clients and requests under way have before they are cut off.
    var drainLimit: Duration { .milliseconds(self.configuration.drainLimit) }

    /// - Parameter deadline: what has not ended by then is cut off.
    static func end(
        listeners: [Listener],
        adminListener: Listener?,
        platforms: [Platform],
        keyTasks: KeyTasks,
        backends: BackendClient,
        group: MultiThreadedEventLoopGroup,
        deadline: ContinuousClock.Instant
    ) async {
        keyTasks.end()
        await Self.drain(listeners, then: adminListener, until: deadline)
        await backends.close()
        for platform in platforms { platform.close() }
        try? await group.shutdownGracefully()
    }

    /// Returns when no connection is left, or the time is over.
    ///
    /// - Parameter adminListener: answers until the clients are gone.
    private static func drain(
        _ listeners: [Listener], then adminListener: Listener?, until deadline: ContinuousClock.Instant
    ) async {
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        // Not awaited, as what is cut off may never return.
        let draining = Task {
            await withDiscardingTaskGroup { tasks in
                for listener in listeners { tasks.addTask { await Self.close(listener) } }
            }
            if let adminListener { await Self.close(adminListener) }
            continuation.yield()
        }
        let limit = Task {
            try? await Task.sleep(until: deadline, clock: .continuous)
            continuation.yield()
        }
        for await _ in ended { break }
        draining.cancel()
        limit.cancel()
    }

    private static func close(_ listener: Listener) async {
        try? await listener.stopAccepting()
        try? await listener.closeAll(.goingAway, reason: "server is going down")
    }

    private func assemble() async throws -> Server {
        let fileLimit = ProcessLimits.raiseOpenFiles()
        self.logger.info("version \(Server.version), process \(ProcessInfo.processInfo.processIdentifier)")
        self.logger.info("up to \(fileLimit) files may be open")
        let folder = try DataFolder(path: self.configuration.dataFolder)
        let contracts = Contracts(
            environment: self.configuration.environment, isProduction: self.configuration.isProduction, folder: folder)
        let pages = try self.configuration.pagesFolder.map(Self.pages)
        let loaded = try contracts.loadWhole(self.configuration.contractFiles) { self.logger.warning("\($0)") }
        let definitions = loaded.map(\.definition)
        let scenarios = try self.scenarios(contracts, definitions)
        let (key, isNew) = try self.apiKey(in: folder)
        let logs = try OperatorLogs(self.configuration, lines: self.lines, logger: self.logger)
        self.logs = logs
        self.metrics.add(logs)
        logs.access?.hideCredentials(of: definitions)
        let application = self.applicationMaker(key: key)
        var served: [ServedPlatform] = []
        for definition in definitions {
            served.append(try await self.serve(definition, folder: folder, application))
        }
        let addresses = try await self.listen(for: served.flatMap(\.endpoints))
        let documents = self.configuration.servesDocuments ? DocumentShelf(addresses: addresses) : nil
        documents?.replace(loaded.map(\.outline))
        let maximumBodyByteCount = Self.maximumPublishByteCount(definitions)
        let reloading = Reloading(
            self.configuration, authentication: self.authentication, contracts: contracts, served: served,
            keyTasks: self.keyTasks, logs: logs,
            certificates: self.certificates, documents: documents, maximumBodyByteCount: maximumBodyByteCount,
            logger: self.logger,
            application: application)
        self.metrics.add(reloading)
        self.metrics.add(self.certificates)
        self.mocks = served.compactMap { self.mock(of: $0, scenarios) }
        var admin = AdminApplication(
            api: self.adminAPI(key: key, reloading: reloading, documents: documents), pages: pages)
        if let pages, self.configuration.isMock, !self.configuration.isProduction {
            admin.demo = try await self.demo(pages, addresses: addresses, api: admin.api, key: key)
        }
        let adminListener = try await self.listen(
            admin, host: self.configuration.adminHost,
            port: self.configuration.adminPort, certificate: self.configuration.adminCertificate,
            maximumBodyByteCount: maximumBodyByteCount, purpose: "error: the admin API")
        self.adminListener = adminListener
        for platform in self.platforms {
            platform.start()
            self.watch(platform)
        }
        for mock in self.mocks { await mock.start() }
        for platform in served {
            platform.monitor.start()
            platform.platform.monitoring.exchange(platform.monitor)
        }
        self.metrics.isReady = true
        return Server(
            self, reloading: reloading, logs: logs, addresses: addresses, adminPort: adminListener.port,
            newAPIKey: isNew ? key : nil)
    }

    private func scenarios(_ contracts: Contracts, _ definitions: [PlatformDefinition]) throws -> [Scenario] {
        let isMock = self.configuration.isMock
        guard isMock || self.configuration.scenarioFiles.isEmpty else {
            throw ServerError("error: --scenario says what a mock backend does\n  hint: add --mock")
        }
        guard !isMock || !self.configuration.isProduction else {
            throw ServerError(
                "error: --mock stands in for the backends, and production has those\n  hint: leave out --mock, or --production and SWITCHBOARD_ENV=production"
            )
        }
        return try contracts.scenarios(self.configuration.scenarioFiles, for: definitions) {
            self.logger.warning("\($0)")
        }
    }

    private func mock(of served: ServedPlatform, _ scenarios: [Scenario]) -> MockBackend? {
        guard let gate = served.gate else { return nil }
        let name = served.platform.definition.name
        return MockBackend(
            served.platform, scenario: scenarios.first { $0.platform == name }, gate: gate,
            logger: self.logger(of: name))
    }

    private func watch(_ platform: Platform) {
        let alerts = PlatformAlerts(
            platform, backends: self.backends, on: self.group.any(), node: ProcessInfo.processInfo.hostName,
            logger: self.logger(of: platform.definition.name))
        alerts.start()
        self.alerts.append(alerts)
        self.metrics.add(alerts, of: platform.definition.name)
    }

    /// Makes what a listener serves by the contract that its platform has.
    private func applicationMaker(key: String) -> ApplicationMaker {
        let isProduction = self.configuration.isProduction
        let (logger, audit, backends) = (self.logger, self.logs?.audit, self.backends)
        return { served, rules, socketIO in
            var logger = logger
            logger[metadataKey: "platform"] = "\(served.platform.name)"
            return PlatformApplication(
                served.platform, rules: rules, socketIO: socketIO, authenticator: served.authenticator,
                keys: APIKeys([key]), isProduction: isProduction, backends: backends, audit: audit, gate: served.gate,
                logger: logger)
        }
    }

    private func serve(
        _ definition: PlatformDefinition,
        folder: DataFolder,
        _ application: ApplicationMaker
    ) async throws -> ServedPlatform {
        let platform = try self.platform(definition, folder: folder)
        let made = try await self.authentication.make(
            definition, for: platform, logger: self.logger(of: definition.name))
        self.keyTasks.replace(made.keyTask, of: definition.name)
        let dispatcher = AppDispatcher(self.backends, logger: self.logger(of: definition.name))
        platform.appServices.exchange(dispatcher)
        self.metrics.add(dispatcher, of: definition.name)
        let gate = self.configuration.isMock ? MockGate() : nil
        var served = ServedPlatform(
            platform: platform, authenticator: StandingAuthenticator(made.authenticator, gate: gate),
            monitor: PlatformMonitor(platform, client: self.backends), gate: gate, endpoints: [])
        self.monitors.append(served.monitor)
        self.metrics.add(served.monitor, of: definition.name)
        platform.credentialServices.exchange(
            authenticator: served.authenticator, issuer: try? TokenMint(definition))
        served.endpoints = definition.listeners.enumerated().map { [served] index, rules in
            let socketIO = rules.isSocketIO ? self.socketIOListener(of: served, rules, index: index) : nil
            return PlatformEndpoint(application(served, rules, socketIO))
        }
        return served
    }

    private var authentication: AuthenticatorAssembly {
        AuthenticatorAssembly(
            isProduction: self.configuration.isProduction, backends: self.backends, eventLoop: self.group.any())
    }

    private func socketIOListener(
        of served: ServedPlatform, _ rules: ListenerRules, index: Int
    ) -> SocketIOListener {
        let listener = SocketIOListener(
            served.platform, rules, index: index, authenticator: served.authenticator,
            makeNumber: self.numbers.next)
        self.socketIOListeners.append(listener)
        self.metrics.add(listener.engine, of: served.platform.name)
        return listener
    }

    private func platform(_ definition: PlatformDefinition, folder: DataFolder) throws -> Platform {
        let logger = self.logger(of: definition.name)
        let engine: SQLiteEngine
        do throws(SQLiteEngineError) {
            engine = try SQLiteEngine(path: folder.databaseFile(of: definition.name)) { severity, message in
                switch severity {
                case .notice: logger.notice("\(message)")
                case .warning: logger.warning("\(message)")
                case .error: logger.error("\(message)")
                }
            }
        } catch {
            throw ServerError("error: platform \"\(definition.name)\" has no store: \(error)")
        }
        self.metrics.add(engine, of: definition.name)
        let platform = try Platform(
            definition,
            dialects: definition.dialects,
            engine: engine,
            eventLoops: Array(self.group.makeIterator()),
            audit: self.logs?.audit,
            log: { logger.error("\($0)") },
            lines: { [lines] in lines.write($0) })
        platform.backend.exchange(SignedPoster(backends: self.backends, clock: SystemClock()))
        self.platforms.append(platform)
        return platform
    }

    /// Opens each port once, for all endpoints on it.
    ///
    /// - Returns: where each endpoint is, in their order.
    private func listen(for endpoints: [PlatformEndpoint]) async throws -> [Server.ListenerAddress] {
        var addresses: [Server.ListenerAddress] = []
        for (index, endpoint) in endpoints.enumerated() {
            let rules = endpoint.application.rules
            let name = endpoint.application.platform.name
            var address = Server.ListenerAddress(
                platform: name, host: rules.host, port: rules.port, path: rules.path, isSocketIO: rules.isSocketIO,
                isEncrypted: rules.tls != nil)
            if !endpoints[..<index].contains(where: { $0.application.rules.isOnPort(of: rules) }) {
                let others = endpoints[index...].dropFirst().filter { $0.application.rules.isOnPort(of: rules) }
                let listener = try await self.listen(
                    SharedApplication(endpoint, others: Array(others)), host: rules.host, port: rules.port,
                    certificate: rules.tls.map { CertificateFiles(certificate: $0.certificateFile, key: $0.keyFile) },
                    purpose: "\(rules.location): error: platform \"\(name)\"")
                self.listeners.append(listener)
                address.port = listener.port
            }
            addresses.append(address)
        }
        return addresses
    }

    /// - Parameter host: `nil`: every address of the machine.
    private func listen(
        _ application: any ListenerApplication,
        host: String?,
        port: Int,
        certificate: CertificateFiles?,
        maximumBodyByteCount: Int = 1024 * 1024,
        purpose: String
    ) async throws -> Listener {
        do {
            var configuration = ListenerConfiguration()
            configuration.host = host ?? ListenerConfiguration.everyAddress
            configuration.port = port
            configuration.maximumBodyByteCount = maximumBodyByteCount
            if let certificate { configuration.certificate = try await self.certificates.certificate(certificate) }
            configuration.trustedProxies = self.configuration.trustedProxies
            let logged = self.logs?.access.map { LoggedApplication(application: application, log: $0) } ?? application
            let listener = try await Listener.start(
                configuration, application: logged, on: self.group, logger: self.logger)
            self.metrics.add(listener)
            return listener
        } catch let fault as CertificateFault {
            throw ServerError("\(purpose): \(fault)" + (fault.hint.map { "\n  hint: \($0)" } ?? ""))
        } catch {
            let place = host.map { "\($0), port \(port)" } ?? "port \(port)"
            throw ServerError(
                "\(purpose) cannot listen on \(place): \(PlainReason.of(error))\n  hint: \(Self.hint(error))")
        }
    }

    /// A MiB, or what the largest payload that a contract allows needs, with room for what stands around it.
    private static func maximumPublishByteCount(_ definitions: [PlatformDefinition]) -> Int {
        let payload = definitions.map(\.limits.payloadByteCount).max() ?? 0
        return max(1024 * 1024, payload + 64 * 1024)
    }

    private static func hint(_ error: any Error) -> String {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: "another program has the port; stop it, or choose another port"
        case EACCES: "ports below 1024 need a right of their own; choose another port"
        default: "choose an address that this machine has"
        }
    }

    private func apiKey(in folder: DataFolder) throws -> (key: String, isNew: Bool) {
        if let key = self.configuration.apiKey, !key.isEmpty {
            try self.checkStrength(of: key)
            return (key, false)
        }
        guard !self.configuration.isProduction else {
            throw ServerError("error: production needs an API key for the admin API: set SWITCHBOARD_API_KEY")
        }
        let (key, isNew) = try folder.makeSecret("SWITCHBOARD_API_KEY")
        return (key, isNew)
    }

    private func checkStrength(of key: String) throws {
        guard key.utf8.count < Self.leastKeyByteCount else { return }
        let weakness =
            "the API key in SWITCHBOARD_API_KEY has \(key.utf8.count) bytes; production takes \(Self.leastKeyByteCount) or more"
        guard !self.configuration.isProduction else {
            throw ServerError("error: \(weakness)\n  hint: make one, such as with: openssl rand -hex 32")
        }
        self.logger.warning("\(weakness)")
    }

    private func adminAPI(key: String, reloading: Reloading, documents: DocumentShelf?) -> AdminAPI {
        let metrics = self.metrics
        let node = ProcessInfo.processInfo.hostName
        let mocks = Dictionary(self.mocks.map { ($0.platform.definition.name, $0) }) { first, _ in first }
        return AdminAPI(
            platforms: self.platforms,
            keys: APIKeys([key]),
            information: ServerInformation(
                version: Server.version,
                node: node,
                isReady: { metrics.isReady },
                metrics: { metrics.families(on: $0, node: node) },
                reload: { await reloading.reload() },
                mocks: mocks,
                documents: documents?.source,
                audit: self.logs?.audit))
    }

    private static func pages(_ folder: String) throws -> PageFolder {
        do throws(PageFolder.Fault) {
            return try PageFolder(folder)
        } catch {
            throw ServerError("error: --pages: \(error)")
        }
    }

    private func demo(
        _ pages: PageFolder, addresses: [Server.ListenerAddress], api: AdminAPI, key: String
    ) async throws -> Demo {
        let users = try DemoUsers((pages.file(at: "/users.json")?.body).map { Array($0.readableBytesView) })
        var sessions: [String: [String: String]] = [:]
        for platform in self.platforms where platform.definition.auth.credentials.first?.kind == .session {
            for user in users.users(of: platform.definition) {
                sessions[platform.name, default: [:]][user.template] = await SessionMint(platform).session(
                    of: user.template, lifetime: Demo.credentialLifetime)
            }
        }
        return Demo(
            platforms: self.platforms, addresses: addresses, users: users, sessions: sessions, api: api, key: key)
    }

    private func logger(of platform: String) -> Logger {
        var logger = self.logger
        logger[metadataKey: "platform"] = "\(platform)"
        return logger
    }
}
