// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
package import NIOCore
import Realtime

/// What the server tells of a contract, as a browser gets it.
package struct ServedDocument: Sendable {
    package var body: ByteBuffer
    package var mediaType: String
    /// Tells this text from others at the same address, without quotes.
    package var tag: String
    /// What a browser lets it do.
    package var policy: String

    package init(body: ByteBuffer, mediaType: String, tag: String, policy: String) {
        self.body = body
        self.mediaType = mediaType
        self.tag = tag
        self.policy = policy
    }
}

extension AdminAPI {
    /// - Parameter path: what follows `/docs`.
    func readDocument(_ exchange: Exchange, at path: String) throws(APIError) {
        guard let documents = self.information.documents else {
            throw APIError(RequestError(.notFound, "this server shows no documents of its contracts"))
        }
        let known = exchange.request.headers["If-None-Match"]
        exchange.answer(with: exchange.eventLoop.makeFutureWithTask { await documents(path) }) { document in
            guard let document else {
                let error = RequestError(.notFound, "there is no such document; GET /docs lists those there are")
                return APIError(error).response
            }
            let headers: HTTPHeaders = [
                "ETag": "\"\(document.tag)\"",
                // Whoever has it asks whether it is still the one: a reload changes it.
                "Cache-Control": "no-cache",
                "Content-Security-Policy": document.policy,
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            ]
            guard !Self.names(known, document.tag) else { return HTTPResponse(.notModified, headers: headers) }
            var response = HTTPResponse(.ok, headers: headers, body: document.body)
            response.headers.append("Content-Type", document.mediaType)
            return response
        }
    }

    /// Whether an `If-None-Match` holds the tag (RFC 9110 §13.1.2); weak or strong makes no difference there.
    private static func names(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { part in
            let text = part.drop { $0 == " " }
            let strong = text.hasPrefix("W/") ? text.dropFirst(2) : text
            return strong.prefix { $0 != " " } == "\"\(tag)\"" || strong == "*"
        }
    }
}
