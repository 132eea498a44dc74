// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A response's status (RFC 9110 §15): the number is what counts, the phrase is for people.
package struct HTTPStatus: Hashable, Sendable {
    /// 100–599.
    package let code: Int

    /// A code outside 100–599 becomes 500: it could not be written on the wire.
    package init(_ code: Int) { self.code = (100...599).contains(code) ? code : 500 }

    package static let ok = Self(200)
    package static let created = Self(201)
    package static let accepted = Self(202)
    package static let noContent = Self(204)
    package static let notModified = Self(304)
    package static let badRequest = Self(400)
    package static let unauthorized = Self(401)
    package static let forbidden = Self(403)
    package static let notFound = Self(404)
    package static let methodNotAllowed = Self(405)
    package static let requestTimeout = Self(408)
    package static let conflict = Self(409)
    package static let contentTooLarge = Self(413)
    package static let unsupportedMediaType = Self(415)
    package static let expectationFailed = Self(417)
    package static let unprocessableContent = Self(422)
    package static let upgradeRequired = Self(426)
    package static let tooManyRequests = Self(429)
    package static let headersTooLarge = Self(431)
    package static let internalServerError = Self(500)
    package static let badGateway = Self(502)
    package static let serviceUnavailable = Self(503)
    package static let gatewayTimeout = Self(504)

    /// The phrase of RFC 9110 for the codes this server uses, the class's name for others.
    package var reasonPhrase: String {
        switch self.code {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case ..<200: "Informational"
        case ..<300: "Success"
        case ..<400: "Redirection"
        case ..<500: "Client Error"
        default: "Server Error"
        }
    }

    /// Whether a response with this status has no body by definition (RFC 9110 §6.4.1).
    package var forbidsBody: Bool { self.code < 200 || self.code == 204 || self.code == 304 }
}
