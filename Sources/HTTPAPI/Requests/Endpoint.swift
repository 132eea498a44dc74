// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP

/// What the API can be asked. Each case is one method of one path of `docs/openapi.yaml`.
enum Endpoint: Sendable, CaseIterable {
    case live, ready, metrics, openAPI, reload
    case listDocuments, readDocument
    case listPlatforms, publish
    case listChannels, history
    case readMembers, replaceMembers, addMembers, removeMembers
    case listConnections, readConnection, sendToConnection, disconnect, disconnectUser
    case readUser, putUser, removeUser, revoke, createTokens
    case createSession, listSessions, readSession, endSession, endSessions
    case readWebhooks, listDeadWebhooks, retryDeadWebhooks, removeDeadWebhooks
    case listServices, putService, removeService, reportHealth
    case listApps, readApp, putApp, removeApp, renewAppKey
    case readMock, playMock, pauseMock, resumeMock, resetMock, breakMock, mendMock

    private static let platform = "/v1/platforms/{platform}"
    private static let channel = Self.platform + "/channels/{channel}"
    private static let connection = Self.platform + "/connections/{connection}"
    private static let session = Self.platform + "/sessions/{session}"

    private static let deadWebhooks = Self.platform + "/webhooks/dead"

    private static let service = Self.platform + "/services/{service}"
    private static let app = Self.platform + "/apps/{app}"
    private static let mock = Self.platform + "/mock"
    private static let user = Self.platform + "/users/{user}"

    var route: (method: HTTPMethod, path: String) {
        switch self {
        case .live: (.get, "/health/live")
        case .ready: (.get, "/health/ready")
        case .metrics: (.get, "/metrics")
        case .openAPI: (.get, "/openapi.yaml")
        case .reload: (.post, "/v1/reload")
        case .listDocuments: (.get, "/docs")
        case .readDocument: (.get, "/docs/{document}")
        case .listPlatforms: (.get, "/v1/platforms")
        case .publish: (.post, Self.platform + "/events")
        case .listChannels: (.get, Self.platform + "/channels")
        case .history: (.get, Self.channel + "/history")
        case .readMembers: (.get, Self.channel + "/members")
        case .replaceMembers: (.put, Self.channel + "/members")
        case .addMembers: (.post, Self.channel + "/members")
        case .removeMembers: (.delete, Self.channel + "/members")
        case .listConnections: (.get, Self.platform + "/connections")
        case .readConnection: (.get, Self.connection)
        case .sendToConnection: (.post, Self.connection + "/events")
        case .disconnect: (.delete, Self.connection)
        case .disconnectUser: (.delete, Self.platform + "/users/{user}/connections")
        case .readUser: (.get, Self.user)
        case .putUser: (.put, Self.user)
        case .removeUser: (.delete, Self.user)
        case .revoke: (.post, Self.platform + "/revocations")
        case .createTokens: (.post, Self.platform + "/tokens")
        case .createSession: (.post, Self.platform + "/sessions")
        case .listSessions: (.get, Self.platform + "/sessions")
        case .readSession: (.get, Self.session)
        case .endSession: (.delete, Self.session)
        case .endSessions: (.delete, Self.platform + "/sessions")
        case .readWebhooks: (.get, Self.platform + "/webhooks")
        case .listDeadWebhooks: (.get, Self.deadWebhooks)
        case .retryDeadWebhooks: (.post, Self.deadWebhooks)
        case .removeDeadWebhooks: (.delete, Self.deadWebhooks)
        case .listServices: (.get, Self.platform + "/services")
        case .putService: (.put, Self.service)
        case .removeService: (.delete, Self.service)
        case .reportHealth: (.post, Self.service + "/health")
        case .listApps: (.get, Self.platform + "/apps")
        case .readApp: (.get, Self.app)
        case .putApp: (.put, Self.app)
        case .removeApp: (.delete, Self.app)
        case .renewAppKey: (.post, Self.app + "/key")
        case .readMock: (.get, Self.mock)
        case .playMock: (.post, Self.mock + "/play")
        case .pauseMock: (.post, Self.mock + "/pause")
        case .resumeMock: (.post, Self.mock + "/resume")
        case .resetMock: (.post, Self.mock + "/reset")
        case .breakMock: (.put, Self.mock + "/outage")
        case .mendMock: (.delete, Self.mock + "/outage")
        }
    }

    /// The names that its query may have.
    var queryNames: [String] {
        switch self {
        case .listChannels: ["prefix", "after", "limit"]
        case .listConnections, .listSessions: ["user", "after", "limit"]
        case .endSessions: ["user"]
        case .history, .listDeadWebhooks: ["after", "limit"]
        case .listServices: ["after", "limit"]
        default: []
        }
    }

    /// Whether a path needs a key, known or not: everything that shows or changes what platforms hold.
    static func needsKey(_ rawPath: String) -> Bool {
        switch rawPath {
        case "/health/live", "/health/ready", "/metrics", "/openapi.yaml", "/docs": false
        default: !rawPath.hasPrefix("/docs/")
        }
    }

    static let router: HTTPRouter<Endpoint> = {
        var router = HTTPRouter<Endpoint>()
        for endpoint in Self.allCases {
            let (method, path) = endpoint.route
            if let route = HTTPRoute(path) { router.add(method, route, endpoint) }
        }
        return router
    }()
}
