// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Realtime
import Transport
import WebSocketDialect

/// What one of a platform's listeners serves: its WebSocket endpoint.
struct PlatformApplication: ListenerApplication {
    private let platform: Platform
    private let rules: ListenerRules
    private let origins: OriginPolicy
    private let authenticator: any Authenticator
    private let settings: WebSocketSettings

    init(_ platform: Platform, rules: ListenerRules, authenticator: any Authenticator) {
        self.platform = platform
        self.rules = rules
        self.origins = OriginPolicy(rules.origins)
        self.authenticator = authenticator
        let definition = platform.definition
        var settings = WebSocketSettings()
        settings.maximumMessageByteCount = definition.limits.messageByteCount
        settings.maximumQueuedByteCount = definition.limits.queueByteCount
        settings.tooSlowCode = definition.errors[.tooSlow].close ?? .tooSlow
        settings.tooSlowReason = definition.errors[.tooSlow].reason ?? "reads too slowly"
        self.settings = settings
    }

    func upgrade(_ request: UpgradeRequest, on eventLoop: any EventLoop) -> UpgradeDecision {
        guard request.path == self.rules.webSocketPath else { return .refuse(self.notFound) }
        guard self.origins.allows(request.headers) else { return .refuse(OriginPolicy.refusal) }
        guard let hub = self.platform.hub(on: eventLoop) else { return .refuse(.text(HTTPStatus(503), "not ready\n")) }
        let token = self.token(of: request)
        let authenticator = self.authenticator
        return .accept(self.settings) { port in
            PlainSession(port: port, token: token, hub: hub, authenticator: authenticator)
        }
    }

    func respond(
        to request: HTTPRequest,
        on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        guard request.path == self.rules.webSocketPath else { return respond(self.notFound) }
        respond(
            HTTPResponse(
                HTTPStatus(426),
                headers: ["Upgrade": "websocket", "Content-Type": "text/plain; charset=utf-8"],
                body: ByteBuffer(string: "this is a WebSocket endpoint; connect with a WebSocket client\n")))
    }

    private var notFound: HTTPResponse {
        .text(.notFound, "nothing is served here; WebSocket clients connect to \(self.rules.webSocketPath)\n")
    }

    private func token(of request: UpgradeRequest) -> String? {
        for source in self.platform.definition.auth.tokens {
            switch source {
            case .query(let name):
                if let value = request.query[name] { return value }
            case .header(let name):
                guard let value = request.headers[name] else { continue }
                return value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst(7)) : value
            case .cookie(let name):
                if let value = Self.cookie(name, in: request.headers) { return value }
            }
        }
        return nil
    }

    /// RFC 6265 §4.2.1.
    private static func cookie(_ name: String, in headers: HTTPHeaders) -> String? {
        for header in headers.values("cookie") {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { continue }
                return String(parts[1])
            }
        }
        return nil
    }
}
