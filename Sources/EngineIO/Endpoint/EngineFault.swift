// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore

/// Why a request is refused, with the codes and words of the protocol.
enum EngineFault: Hashable {
    case unknownTransport
    case unknownSession
    case badHandshakeMethod
    case badRequest
    case forbidden(EngineRefusal)
    case unsupportedVersion

    var code: Int {
        switch self {
        case .unknownTransport: 0
        case .unknownSession: 1
        case .badHandshakeMethod: 2
        case .badRequest: 3
        case .forbidden(let refusal): refusal.code
        case .unsupportedVersion: 5
        }
    }

    var message: String {
        switch self {
        case .unknownTransport: "Transport unknown"
        case .unknownSession: "Session ID unknown"
        case .badHandshakeMethod: "Bad handshake method"
        case .badRequest: "Bad request"
        case .forbidden(let refusal): refusal.message
        case .unsupportedVersion: "Unsupported protocol version"
        }
    }

    /// The answer to a polling request.
    var response: HTTPResponse {
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.key("code")
        writer.int(self.code)
        writer.key("message")
        writer.string(self.message)
        writer.endObject()
        let status: HTTPStatus = if case .forbidden = self { .forbidden } else { .badRequest }
        return .json(status, ByteBuffer(bytes: writer.bytes))
    }

    /// The answer to a request to become a WebSocket: always 400, and the bare words.
    var upgradeResponse: HTTPResponse {
        HTTPResponse(
            .badRequest, headers: ["Content-type": "text/html"], body: ByteBuffer(string: self.message),
            closesConnection: true)
    }
}
