// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
package import HTTP
package import NIOCore
import Synchronization
package import Transport

/// One Engine.IO server: takes the requests of its path, from any loop, and keeps the sessions.
///
/// Protocol: version 4 (`EIO=4`), polling and WebSocket, in the manner of the reference implementation where that is sound. A session
/// lives on the loop of its first request; requests that come on others are handed over, and a WebSocket is relayed.
package final class EngineEndpoint: Sendable {
    private struct LoopEntry: Sendable {
        let eventLoop: any EventLoop
        let loop: NIOLoopBound<EngineLoop>
    }

    private let core: EngineCore
    private let loops = Mutex<[LoopEntry]>([])

    /// - Parameters:
    ///   - admit: asked for each handshake that is well-formed; what it returns refuses. On the request's loop.
    ///   - makeHandler: makes what a session's messages go to. On the session's loop.
    package init(
        _ configuration: EngineConfiguration,
        admit: @escaping @Sendable (EngineHandshake) -> EngineRefusal? = { _ in nil },
        makeHandler: @escaping @Sendable (any EnginePort) -> any EngineSessionHandler
    ) {
        self.core = EngineCore(configuration, admit: admit, makeHandler: makeHandler)
    }

    /// Whether requests of a path, as sent and without the query, are for this endpoint.
    package func serves(path: String) -> Bool { path.hasPrefix(self.core.configuration.path) }

    /// What the sessions amount to.
    package var gauges: EngineGauges { self.core.table.gauges }

    /// Sessions that requests can find: those of `gauges`, and those whose client has not fetched what was sent before the end.
    var findableSessionCount: Int { self.core.table.count }

    /// Ends every session, and lets none open from now on. Returns when all handlers have been told.
    ///
    /// A GET that waits ends with 503, because some clients would not come back after the close packet; WebSockets with a close frame.
    package func closeAll(_ reason: EngineCloseReason) async {
        let told = self.core.table.close().map { session in
            let promise = session.eventLoop.makePromise(of: Void.self)
            session.run { session in
                session.end(reason, .unavailable, code: .goingAway, saying: "going away")
                // Behind the call to the handler.
                session.eventLoop.execute { promise.succeed(()) }
            }
            return promise.futureResult
        }
        for future in told { try? await future.get() }
    }

    private func loop(on eventLoop: any EventLoop) -> EngineLoop {
        if let entry = self.loops.withLock({ $0.first { $0.eventLoop === eventLoop } }) { return entry.loop.value }
        let loop = EngineLoop(eventLoop: eventLoop, core: self.core)
        let entry = LoopEntry(eventLoop: eventLoop, loop: NIOLoopBound(loop, eventLoop: eventLoop))
        self.loops.withLock { $0.append(entry) }
        return loop
    }

    // MARK: - WebSocket

    /// Decides on a request to become a WebSocket. See `ListenerApplication`.
    package func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        let query = EngineQuery(request.query)
        let origin = request.headers["origin"]
        guard query.transport == EngineTransport.websocket.rawValue else {
            let isKnown = query.transport == EngineTransport.polling.rawValue
            return self.refuse(
                isKnown && self.core.configuration.allowsPolling ? .badRequest : .unknownTransport, origin)
        }
        guard self.core.configuration.allowsWebSocket else { return self.refuse(.unknownTransport, origin) }
        guard Self.isClean(origin) else { return self.refuse(.badRequest, origin) }
        var settings = self.core.webSocketSettings
        settings.subprotocol = request.subprotocols.first
        settings.responseHeaders = HTTPHeaders(self.crossOriginHeaders(origin))
        let loop = self.loop(on: eventLoop)
        if let id = query.sid {
            guard let session = self.core.table.entry(id) else { return self.refuse(.unknownSession, origin) }
            guard self.core.configuration.allowsUpgrades else { return self.refuse(.badRequest, origin) }
            return .accept(settings) { port in
                Self.candidate(port, of: session, loop: loop, takesBinary: !query.isBase64)
            }
        }
        let handshake = EngineHandshake(
            path: request.rawPath, query: request.query, headers: request.headers,
            remoteAddress: request.remoteAddress, isSecure: request.isSecure, isForwarded: request.isForwarded,
            isWebSocket: true)
        if let fault = self.fault(of: handshake, query) { return self.refuse(fault, origin) }
        guard !self.core.table.isClosing else { return .refuse(HTTPResponse(.serviceUnavailable)) }
        return .accept(settings) { port in
            let session = EngineSession(handshake, loop: loop)
            session.socket = Self.socket(port, takesBinary: !query.isBase64)
            return session
        }
    }

    private static func socket(_ port: any OutboundPort, takesBinary: Bool) -> (any EngineSocket)? {
        guard let socket = port as? WebSocketConnection else { return nil }
        return takesBinary ? socket : Base64Socket(socket)
    }

    /// What a WebSocket for a session is, here or on the session's loop.
    private static func candidate(
        _ port: any OutboundPort, of session: SessionTable.Entry, loop: EngineLoop, takesBinary: Bool
    ) -> any ConnectionSession {
        if let local = session.local {
            guard let socket = Self.socket(port, takesBinary: takesBinary) else { return UnwantedSession(port) }
            return UpgradeCandidate(socket, of: local)
        }
        guard let socket = Self.socket(port, takesBinary: true) else { return UnwantedSession(port) }
        return RelayedConnection(
            socket, relay: Relay(sessionLoop: session.eventLoop, connectionLoop: loop.eventLoop),
            bridge: loop.bridge(to: session.eventLoop), session: session, takesBinary: takesBinary)
    }

    private func refuse(_ fault: EngineFault, _ origin: String?) -> UpgradeDecision {
        self.core.table.refused(fault)
        var response = fault.upgradeResponse
        for field in self.crossOriginHeaders(origin) { response.headers.append(field.name, field.value) }
        return .refuse(response)
    }

    // MARK: - Polling

    /// Takes a request in pieces. See `ListenerApplication`.
    package func begin(
        _ request: HTTPRequest, on eventLoop: any EventLoop, _ answer: RequestAnswer
    ) -> any RequestReceiver {
        let origin = request.headers["origin"]
        let answer = PollingAnswer(answer, on: eventLoop, headers: self.crossOriginHeaders(origin))
        if request.method == .options, let crossOrigin = self.core.configuration.crossOrigin {
            answer.sendPreflight(crossOrigin.preflight(request))
            return IgnoredRequest()
        }
        switch self.route(request, origin) {
        case .refuse(let fault):
            self.core.table.refused(fault)
            answer.send(fault)
        case .session(let session):
            return PollingRequest(
                request, of: session, answer: answer, limit: self.core.configuration.maximumPayloadByteCount)
        case .open(let handshake):
            if self.core.table.isClosing {
                answer.sendUnavailable()
            } else {
                self.open(handshake, answer, on: eventLoop)
            }
        }
        return IgnoredRequest()
    }

    /// Answers a request that has been collected. See `ListenerApplication`; a GET that waits then has the listener's deadline, and its
    /// client's end goes unnoticed.
    package func respond(
        to request: HTTPRequest, on eventLoop: any EventLoop, _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        let receiver = self.begin(request, on: eventLoop, RequestAnswer { respond($0) })
        if request.body.readableBytes > 0 { receiver.received(request.body) }
        receiver.finished()
    }

    private enum Route {
        case refuse(EngineFault)
        case session(SessionTable.Entry)
        case open(EngineHandshake)
    }

    /// The protocol's checks, in the order of the reference implementation.
    private func route(_ request: HTTPRequest, _ origin: String?) -> Route {
        let query = EngineQuery(request.query)
        let configuration = self.core.configuration
        switch query.transport {
        case EngineTransport.polling.rawValue where configuration.allowsPolling: break
        case EngineTransport.websocket.rawValue where configuration.allowsWebSocket: break
        default: return .refuse(.unknownTransport)
        }
        guard Self.isClean(origin) else { return .refuse(.badRequest) }
        let isPolling = query.transport == EngineTransport.polling.rawValue
        if let id = query.sid {
            guard let session = self.core.table.entry(id) else { return .refuse(.unknownSession) }
            guard isPolling, request.method == .get || request.method == .post else { return .refuse(.badRequest) }
            return .session(session)
        }
        guard request.method == .get else { return .refuse(.badHandshakeMethod) }
        guard isPolling else { return .refuse(.badRequest) }
        let handshake = EngineHandshake(
            path: request.rawPath, query: request.query, headers: request.headers,
            remoteAddress: request.remoteAddress, isSecure: request.isSecure, isForwarded: request.isForwarded,
            isWebSocket: false)
        return self.fault(of: handshake, query).map { .refuse($0) } ?? .open(handshake)
    }

    private func open(_ handshake: EngineHandshake, _ answer: PollingAnswer, on eventLoop: any EventLoop) {
        let session = EngineSession(handshake, loop: self.loop(on: eventLoop))
        let polling = PollingTransport()
        polling.get = answer
        session.polling = polling
        session.open()
        // The open packet, with whatever the handler has sent.
        session.flush(cookie: self.core.configuration.cookie?.header(id: session.id))
    }

    // MARK: - Both

    private func fault(of handshake: EngineHandshake, _ query: EngineQuery) -> EngineFault? {
        if let refusal = self.core.admit(handshake) { return .forbidden(refusal) }
        return query.version == "4" ? nil : .unsupportedVersion
    }

    private func crossOriginHeaders(_ origin: String?) -> [HTTPHeaders.Field] {
        self.core.configuration.crossOrigin?.headers(for: origin) ?? []
    }

    /// Whether an origin can be written into a header.
    private static func isClean(_ origin: String?) -> Bool {
        origin?.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } ?? true
    }
}
