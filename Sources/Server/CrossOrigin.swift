// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Transport

/// What browsers are told about pages of other origins (Fetch Standard §3.2, "CORS protocol").
///
/// The same pages that may connect may read answers, with the user's cookies. A page that may not is told nothing, which
/// keeps its script from reading the answer; what would change something is refused as well, as that needs no reading.
struct CrossOrigin {
    let origins: OriginPolicy

    /// The answer to a request that a page may not make; `nil`: it may.
    func refusal(of request: HTTPRequest) -> HTTPResponse? {
        let isSafe = [.get, .head, .options].contains(request.method)
        return isSafe || self.origins.allows(request.headers) ? nil : OriginPolicy.refusal
    }

    /// The answer to the question whether a page may send such a request; `nil`: it is no such question.
    func preflight(_ request: HTTPRequest, allowing methods: String) -> HTTPResponse? {
        guard request.method == .options, request.headers["access-control-request-method"] != nil,
            self.origins.allows(request.headers), request.headers["origin"] != nil
        else { return nil }
        var response = HTTPResponse(.noContent)
        response.headers.append("Access-Control-Allow-Methods", methods)
        if let wanted = request.headers["access-control-request-headers"] {
            response.headers.append("Access-Control-Allow-Headers", wanted)
        }
        response.headers.append("Access-Control-Max-Age", "600")
        self.add(to: &response, for: request)
        return response
    }

    /// Lets the page read the answer.
    func add(to response: inout HTTPResponse, for request: HTTPRequest) {
        response.headers.append("Vary", "Origin")
        guard let origin = request.headers["origin"], self.origins.allows(request.headers) else { return }
        response.headers.append("Access-Control-Allow-Origin", origin)
        response.headers.append("Access-Control-Allow-Credentials", "true")
        response.headers.append("Access-Control-Expose-Headers", "Link")
    }
}
