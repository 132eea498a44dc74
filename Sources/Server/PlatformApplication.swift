// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Connections
import EngineIO
import HTTP
import HTTPAPI
import Logging
import NIOCore
import Realtime
import Transport
import WebSocketDialect

/// What one of a platform's listeners serves: its WebSocket or Socket.IO endpoint and the contract's HTTP routes.
struct PlatformApplication: ListenerApplication {
    let platform: Platform
    let rules: ListenerRules
    /// `nil`: plain WebSockets.
    let socketIO: SocketIOListener?
    private let api: PlatformAPI
    private let origins: OriginPolicy
    private let authenticator: any Authenticator
    private let settings: WebSocketSettings
    private let isProduction: Bool
    /// Whence a backend's requests need not come encrypted.
    private let trusted: [AddressBlock]
    private let audit: (any AuditTrail)?
    /// What a mock backend breaks on purpose; `nil`: there is none.
    private let gate: MockGate?
    private let logger: Logger

    /// - Parameters:
    ///   - socketIO: the listener's sessions, where it is one for Socket.IO.
    ///   - isProduction: clients come encrypted, up to a proxy that says so, or from this machine (BULK-028).
    init(
        _ platform: Platform,
        rules: ListenerRules,
        socketIO: SocketIOListener? = nil,
        authenticator: any Authenticator,
        keys: APIKeys = APIKeys([]),
        isProduction: Bool = false,
        backends: BackendClient? = nil,
        audit: (any AuditTrail)? = nil,
        gate: MockGate? = nil,
        logger: Logger
    ) {
        self.platform = platform
        let trusted = platform.definition.auth.trust.compactMap { AddressBlock(parsing: $0) }
        self.trusted = trusted + [.loopback]
        self.api = PlatformAPI(
            platform, authenticator: authenticator, doors: .init(keys: keys, trusted: trusted), backends: backends,
            log: { line, isFault in logger.log(level: isFault ? .warning : .notice, "\(line)") })
        self.rules = rules
        self.socketIO = socketIO
        self.origins = OriginPolicy(rules.origins)
        self.authenticator = authenticator
        self.isProduction = isProduction
        self.audit = audit
        self.gate = gate
        self.logger = logger
        let definition = platform.definition
        var settings = WebSocketSettings()
        settings.maximumMessageByteCount = definition.limits.messageByteCount
        settings.maximumQueuedByteCount = definition.limits.queueByteCount
        settings.tooSlowCode = definition.errors[.tooSlow].close ?? .tooSlow
        settings.tooSlowReason = definition.errors[.tooSlow].reason ?? "reads too slowly"
        self.settings = settings
    }

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        guard self.isEndpoint(request.rawPath) else { return .refuse(self.notFound) }
        if self.gate?.refusesConnections == true { return .refuse(Self.outOfOrder) }
        let isLocal = AddressBlock.loopback.contains(request.remoteAddress)
        guard self.takes(isSecure: request.isSecure, isForwarded: request.isForwarded, fromTrusted: isLocal) else {
            self.auditRefusal(request, "unencrypted")
            return .refuse(Self.unencrypted)
        }
        if let socketIO { return socketIO.engine.upgrade(request, on: eventLoop) }
        guard self.origins.allows(request.headers) else {
            self.logger.info("refused a page of \(String((request.origin ?? "").prefix(200)).debugDescription)")
            self.auditRefusal(request, "origin")
            return .refuse(OriginPolicy.refusal)
        }
        guard let hub = self.platform.hub(on: eventLoop) else {
            return .refuse(.text(.serviceUnavailable, "not ready\n"))
        }
        let credential = self.platform.definition.auth.credential(query: request.query, headers: request.headers)
        let asksForPositions = self.asksForPositions(request)
        let authenticator = self.authenticator
        // Decided for each connection, so that those of a server that logs less cost nothing.
        guard self.logger.logLevel <= .debug else {
            return .accept(self.settings) { port in
                PlainSession(
                    port: port, credential: credential, address: request.remoteAddress, hub: hub,
                    authenticator: authenticator, asksForPositions: asksForPositions)
            }
        }
        let logger = self.logger
        return .accept(self.settings) { port in
            let port = LoggingPort(port, logger: logger)
            return LoggingSession(
                PlainSession(
                    port: port, credential: credential, address: request.remoteAddress, hub: hub,
                    authenticator: authenticator, asksForPositions: asksForPositions),
                number: port.number,
                remoteAddress: request.remoteAddress, logger: logger)
        }
    }

    func respond(
        to request: HTTPRequest,
        on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        let isEndpoint = self.isEndpoint(request.rawPath)
        // Networks that the contract trusts are those of backends, which have no business where clients connect.
        let isTrusted =
            isEndpoint
            ? AddressBlock.loopback.contains(request.remoteAddress)
            : self.trusted.contains(address: request.remoteAddress)
        guard self.takes(isSecure: request.isSecure, isForwarded: request.isForwarded, fromTrusted: isTrusted) else {
            return respond(Self.unencrypted)
        }
        if self.gate?.refusesConnections == true { return respond(Self.outOfOrder) }
        if isEndpoint {
            guard let socketIO else { return respond(Self.upgradeRequired) }
            return socketIO.engine.respond(to: request, on: eventLoop, respond)
        }
        guard let allowed = self.api.allowedMethods(request) else { return respond(self.notFound) }
        let crossOrigin = CrossOrigin(origins: self.origins)
        if let answer = crossOrigin.preflight(request, allowing: allowed) ?? crossOrigin.refusal(of: request) {
            return respond(answer)
        }
        self.api.respond(to: request, on: eventLoop) { response in
            var response = response
            crossOrigin.add(to: &response, for: request)
            respond(response)
        }
    }

    func begin(
        _ request: HTTPRequest, on eventLoop: any EventLoop, _ answer: RequestAnswer
    ) -> (any RequestReceiver)? {
        guard let socketIO, self.isEndpoint(request.rawPath), self.gate?.refusesConnections != true else { return nil }
        let isLocal = AddressBlock.loopback.contains(request.remoteAddress)
        // To be refused as any other request is.
        guard self.takes(isSecure: request.isSecure, isForwarded: request.isForwarded, fromTrusted: isLocal) else {
            return nil
        }
        return socketIO.engine.begin(request, on: eventLoop, answer)
    }

    /// Lets Socket.IO sessions that begin from now on pass what this application wants.
    func takeOver() {
        self.socketIO?.exchangeEntry { handshake in
            guard self.origins.allows(handshake.headers) else {
                self.audit?.record(
                    AuditEntry(
                        .refuse, platform: self.platform.name, address: handshake.remoteAddress, reason: "origin",
                        isAllowed: false))
                return EngineRefusal()
            }
            return nil
        }
    }

    /// - Parameter rawPath: as sent, without the query.
    private func isEndpoint(_ rawPath: String) -> Bool {
        if let socketIO { return socketIO.engine.serves(path: rawPath) }
        return (PercentEncoding.decode(rawPath) ?? rawPath) == self.rules.path
    }

    private func auditRefusal(_ request: UpgradeRequest, _ reason: String) {
        self.audit?.record(
            AuditEntry(
                .refuse, platform: self.platform.name, address: request.remoteAddress, reason: reason,
                isAllowed: false))
    }

    /// Whether a request with this path is for this endpoint.
    func serves(_ request: HTTPRequest) -> Bool {
        self.isEndpoint(request.rawPath) || self.api.allowedMethods(request) != nil
    }

    func serves(_ request: UpgradeRequest) -> Bool { self.isEndpoint(request.rawPath) }

    private static var upgradeRequired: HTTPResponse {
        HTTPResponse(
            .upgradeRequired,
            headers: ["Upgrade": "websocket", "Content-Type": "text/plain; charset=utf-8"],
            body: ByteBuffer(string: "this is a WebSocket endpoint; connect with a WebSocket client\n"))
    }

    /// Whether a request may go on, by the way it came. What no proxy passed on has left neither this machine nor a network that
    /// the contract trusts.
    private func takes(isSecure: Bool, isForwarded: Bool, fromTrusted isTrusted: Bool) -> Bool {
        !self.isProduction || isSecure || (isTrusted && !isForwarded)
    }

    private static let unencrypted = HTTPResponse.text(
        .forbidden,
        "in production clients come encrypted (wss://, https://), through a proxy in --trusted-proxies that says so\n")

    private static let outOfOrder = HTTPResponse.text(
        .serviceUnavailable, "out of order, as the scenario wants it\n")

    private var notFound: HTTPResponse {
        let name = self.socketIO == nil ? "WebSocket" : "Socket.IO"
        return .text(.notFound, "nothing is served here; \(name) clients connect to \(self.rules.path)\n")
    }

    private func asksForPositions(_ request: UpgradeRequest) -> Bool {
        guard let name = self.platform.definition.recovery?.query, let value = request.query[name] else { return false }
        return value == "1" || value == "true"
    }
}
