// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import HTTP
import JSON
package import NIOCore
package import Realtime

/// What backends and operators ask the server: publish, read and change members, see and end connections, health, metrics.
///
/// Described, with every error, by `docs/openapi.yaml`. Everything but health, metrics, documents and that description needs a key.
/// Holds nothing of its own: each answer comes from the platforms in the moment it is asked for.
package struct AdminAPI: Sendable {
    /// In the order in which they were given.
    let platforms: [Platform]
    let information: ServerInformation
    private let platformsByName: [String: Platform]
    private let keys: APIKeys
    private let router = Endpoint.router

    package init(
        platforms: [Platform],
        keys: APIKeys,
        information: ServerInformation = ServerInformation()
    ) {
        self.platforms = platforms
        self.keys = keys
        self.information = information
        self.platformsByName = Dictionary(
            platforms.map { ($0.definition.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Answers one request.
    ///
    /// - Parameters:
    ///   - eventLoop: the loop that calls; one of the platforms' or another.
    ///   - respond: called exactly once, before this returns or later, on any thread.
    package func respond(
        to request: HTTPRequest,
        on eventLoop: any EventLoop,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        do throws(APIError) {
            if Endpoint.needsKey(request.rawPath) { try self.authenticate(request) }
            let outcome = self.router.route(request.method, request.rawPath)
            if case .options(let allow) = outcome {
                return respond(HTTPResponse(.noContent, headers: ["Allow": allow]))
            }
            let (endpoint, parameters) = try Self.endpoint(outcome)
            let respond = self.audited(endpoint, request, parameters, respond)
            do throws(APIError) {
                let exchange = Exchange(
                    request: request,
                    parameters: parameters,
                    query: try QueryParameters(request.query, names: endpoint.queryNames),
                    eventLoop: eventLoop,
                    respond: respond)
                try self.carryOut(endpoint, exchange)
            } catch {
                respond(error.response)
            }
        } catch {
            respond(error.response)
        }
    }

    private func carryOut(_ endpoint: Endpoint, _ exchange: Exchange) throws(APIError) {
        switch endpoint {
        case .live: exchange.answer(Self.health(.ok, "live"))
        case .ready: exchange.answer(self.readiness)
        case .metrics: self.showMetrics(exchange)
        case .openAPI: exchange.answer(Self.openAPI)
        case .reload: try self.reload(exchange)
        case .listDocuments: try self.readDocument(exchange, at: "")
        case .readDocument: try self.readDocument(exchange, at: "/" + (exchange.parameters["document"] ?? ""))
        case .listPlatforms: self.listPlatforms(exchange)
        case .publish: try self.publish(exchange)
        case .listChannels: try self.listChannels(exchange)
        case .history: try self.readHistory(exchange)
        case .readMembers: try self.readMembers(exchange)
        case .replaceMembers: try self.replaceMembers(exchange)
        case .addMembers: try self.addMembers(exchange)
        case .removeMembers: try self.removeMembers(exchange)
        case .listConnections: try self.listConnections(exchange)
        case .readConnection: try self.readConnection(exchange)
        case .sendToConnection: try self.sendToConnection(exchange)
        case .disconnect: try self.disconnect(exchange)
        case .disconnectUser: try self.disconnectUser(exchange)
        case .readUser: try self.readUser(exchange)
        case .putUser: try self.putUser(exchange)
        case .removeUser: try self.removeUser(exchange)
        case .revoke: try self.revoke(exchange)
        case .createTokens: try self.createTokens(exchange)
        case .createSession: try self.createSession(exchange)
        case .listSessions: try self.listSessions(exchange)
        case .readSession: try self.readSession(exchange)
        case .endSession: try self.endSession(exchange)
        case .endSessions: try self.endSessions(exchange)
        case .readWebhooks: try self.readWebhooks(exchange)
        case .listDeadWebhooks: try self.listDeadWebhooks(exchange)
        case .retryDeadWebhooks: try self.retryDeadWebhooks(exchange)
        case .removeDeadWebhooks: try self.removeDeadWebhooks(exchange)
        case .listServices: try self.listServices(exchange)
        case .putService: try self.putService(exchange)
        case .removeService: try self.removeService(exchange)
        case .reportHealth: try self.reportHealth(exchange)
        case .listApps: try self.listApps(exchange)
        case .readApp: try self.readApp(exchange)
        case .putApp: try self.putApp(exchange)
        case .removeApp: try self.removeApp(exchange)
        case .renewAppKey: try self.renewAppKey(exchange)
        case .readMock: try self.readMock(exchange)
        case .playMock: try self.playMock(exchange)
        case .pauseMock: try self.pauseMock(exchange)
        case .resumeMock: try self.resumeMock(exchange)
        case .resetMock: try self.resetMock(exchange)
        case .breakMock: try self.breakMock(exchange)
        case .mendMock: try self.mendMock(exchange)
        }
    }

    private func authenticate(_ request: HTTPRequest) throws(APIError) {
        let verdict = self.keys.check(request.headers)
        if verdict != .accepted { self.auditRefusal(request) }
        switch verdict {
        case .accepted: return
        case .missing:
            throw APIError(
                RequestError(.unauthenticated, "an API key is needed: send it as \"Authorization: Bearer KEY\""),
                headers: ["WWW-Authenticate": "Bearer realm=\"switchboard\""])
        case .wrong:
            throw APIError(
                RequestError(.unauthenticated, "the API key is not one of this server's"),
                headers: ["WWW-Authenticate": "Bearer realm=\"switchboard\", error=\"invalid_token\""])
        }
    }

    private static func endpoint(
        _ outcome: HTTPRouter<Endpoint>.Outcome
    ) throws(APIError) -> (Endpoint, HTTPParameters) {
        switch outcome {
        case .handler(let endpoint, let parameters): return (endpoint, parameters)
        case .methodNotAllowed(let allow), .options(let allow):
            throw APIError(
                RequestError(.methodNotAllowed, "the path takes \(allow)"), headers: ["Allow": allow])
        case .malformedPath: throw APIError(RequestError(.invalidPath, "the path's percent-encoding is broken"))
        case .notFound:
            throw APIError(
                RequestError(.notFound, "there is no such path; GET /openapi.yaml describes those there are"))
        }
    }

    // MARK: What the path names

    func platform(of exchange: Exchange) throws(APIError) -> Platform {
        let name = exchange.parameters["platform"] ?? ""
        if let platform = self.platformsByName[name] { return platform }
        let question = Spelling.question(for: name, among: self.platformsByName.keys)
        throw APIError(RequestError(.notFound, "this server has no platform \"\(name)\"\(question)"))
    }

    /// The channel with its rules; any that a pattern of the contract matches, heard or not.
    func channel(of exchange: Exchange, on platform: Platform) throws(APIError) -> PlatformDefinition.Match {
        let name = exchange.parameters["channel"] ?? ""
        if let match = platform.definition.match(name) { return match }
        throw APIError(RequestError(.invalidChannel, "no channel of this platform is named \"\(name)\""))
    }
}
