// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore

extension AdminAPI {
    /// Whether clients should be sent here.
    var readiness: HTTPResponse {
        self.information.isReady() ? Self.health(.ok, "ready") : Self.health(.serviceUnavailable, "notReady")
    }

    static func health(_ status: HTTPStatus, _ word: String) -> HTTPResponse {
        var writer = JSONWriter(capacity: 32)
        writer.beginObject()
        writer.key("status")
        writer.string(word)
        writer.endObject()
        return .json(status, ByteBuffer(bytes: writer.bytes))
    }

    /// The description of this API (RFC 9512 has the media type).
    static var openAPI: HTTPResponse {
        HTTPResponse(
            .ok, headers: ["Content-Type": "application/yaml"], body: ByteBuffer(string: OpenAPIDescription.text))
    }
}
