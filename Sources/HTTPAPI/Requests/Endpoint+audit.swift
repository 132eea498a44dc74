// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Realtime

extension Endpoint {
    /// Whether the audit trail tells of it by its path: everything that changes something, but for publications, which tell their events.
    var isAuditedByPath: Bool { self.route.method != .get && self != .publish }
}

extension AdminAPI {
    /// The same answerer, which also takes down what came of a change. Of the request it tells what the path and the query name, but
    /// not the ids of sessions, which let somebody in.
    func audited(
        _ endpoint: Endpoint,
        _ request: HTTPRequest,
        _ parameters: HTTPParameters,
        _ respond: @escaping @Sendable (HTTPResponse) -> Void
    ) -> @Sendable (HTTPResponse) -> Void {
        guard endpoint.isAuditedByPath, let trail = self.information.audit else { return respond }
        let user = parameters["user"] ?? request.query["user"]
        let entry = AuditEntry(
            .admin, platform: parameters["platform"], user: user.map { UserID($0) }, app: parameters["app"],
            connection: parameters["connection"], address: request.remoteAddress,
            channels: parameters["channel"].map { [$0] } ?? [],
            operation: "\(endpoint)")
        return { response in
            var entry = entry
            entry.isAllowed = response.status.code < 400
            if !entry.isAllowed { entry.reason = "\(response.status.code)" }
            trail.record(entry)
            respond(response)
        }
    }

    /// Takes down publications, or that none was made of the request.
    func auditPublish(_ requests: [PublishRequest], on platform: Platform, _ exchange: Exchange, _ error: String?) {
        guard let trail = self.information.audit else { return }
        for request in requests.map(Optional.some) + (requests.isEmpty ? [nil] : []) {
            trail.record(
                AuditEntry(
                    .admin, platform: platform.name, address: exchange.request.remoteAddress,
                    channels: request?.channels ?? [], event: request?.event, operation: "publish", reason: error,
                    isAllowed: error == nil))
        }
    }

    /// Takes down that a request without a valid key was refused.
    func auditRefusal(_ request: HTTPRequest) {
        self.information.audit?.record(
            AuditEntry(
                .admin, address: request.remoteAddress, reason: RequestError.Code.unauthenticated.rawValue,
                isAllowed: false))
    }
}
