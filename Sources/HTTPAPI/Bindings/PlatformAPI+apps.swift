// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Realtime

extension PlatformAPI {
    /// The app whose key a request has, and whose id it names.
    func app(_ request: HTTPRequest) -> Result<OperationCaller, RequestError> {
        let id = request.headers["X-App-Id"]
        let result = self.app(request, id: id)
        if case .failure(let error) = result {
            self.platform.auditRefusal(
                ofApp: id, address: request.remoteAddress,
                operation: "\(request.method.rawValue) \(request.rawPath.prefix(255))",
                error)
        }
        return result
    }

    private func app(_ request: HTTPRequest, id: String?) -> Result<OperationCaller, RequestError> {
        guard let key = APIKeys.bearer(request.headers) else {
            return .failure(
                RequestError(
                    .unauthenticated, "an app's key is needed: send it as Authorization: Bearer KEY", reason: "missing")
            )
        }
        guard let app = self.platform.apps.app(withKey: String(decoding: key, as: UTF8.self)) else {
            return .failure(RequestError(.invalidCredentials, "the key is no app's", reason: "invalid"))
        }
        guard id == app.id else {
            return .failure(RequestError(.appForbidden, "the key does not belong to the app that X-App-Id names"))
        }
        return .success(.app(app))
    }
}

extension HTTPHeaders {
    /// The fields of the drafts for rate limits (draft-ietf-httpapi-ratelimit-headers-06 §5): the reset in seconds.
    mutating func append(_ quota: AppQuota) {
        self.append("RateLimit-Limit", "\(quota.limit)")
        self.append("RateLimit-Remaining", "\(quota.remaining)")
        self.append("RateLimit-Reset", "\(quota.resetSeconds)")
    }
}
