// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Transport

/// Which web pages of other origins may read what the server answers (CORS). Browsers obey it; a WebSocket is not bound by it.
public struct EngineCrossOrigin: Hashable, Sendable {
    private let origins: OriginPolicy
    private let isOpen: Bool
    private let allowsCredentials: Bool

    /// - Parameters:
    ///   - origins: as browsers send them (`https://example.com`), with `:*` for any port, or `*` for every page.
    ///   - allowsCredentials: pages may send cookies along.
    public init(origins: [String] = ["*"], allowsCredentials: Bool = false) {
        self.origins = OriginPolicy(origins)
        self.isOpen = origins.contains("*") && !allowsCredentials
        self.allowsCredentials = allowsCredentials
    }

    /// The headers of an answer to a page of `origin`.
    func headers(for origin: String?) -> [HTTPHeaders.Field] {
        if self.isOpen { return [(name: "Access-Control-Allow-Origin", value: "*")] }
        var headers: [HTTPHeaders.Field] = []
        if let origin, self.origins.allows(origin: origin) {
            headers.append((name: "Access-Control-Allow-Origin", value: origin))
        }
        headers.append((name: "Vary", value: "Origin"))
        if self.allowsCredentials { headers.append((name: "Access-Control-Allow-Credentials", value: "true")) }
        return headers
    }

    /// The answer to a page that asks what it may do.
    func preflight(_ request: HTTPRequest) -> HTTPResponse {
        var headers = HTTPHeaders(self.headers(for: request.headers["origin"]))
        headers.append("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
        headers.append("Vary", "Access-Control-Request-Headers")
        if let asked = request.headers["access-control-request-headers"] {
            headers.append("Access-Control-Allow-Headers", asked)
        }
        return HTTPResponse(.noContent, headers: headers)
    }
}
