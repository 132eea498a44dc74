// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

/// One request on its way to its answer.
struct Exchange: Sendable {
    let request: HTTPRequest
    let parameters: HTTPParameters
    let query: QueryParameters
    /// The loop that the request came on.
    let eventLoop: any EventLoop
    private let respond: @Sendable (HTTPResponse) -> Void

    /// - Parameter respond: taken from any thread, once.
    init(
        request: HTTPRequest,
        parameters: HTTPParameters,
        query: QueryParameters,
        eventLoop: any EventLoop,
        respond: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        self.request = request
        self.parameters = parameters
        self.query = query
        self.eventLoop = eventLoop
        self.respond = respond
    }

    func answer(_ response: HTTPResponse) { self.respond(response) }

    func answer(_ json: JSONWriter) { self.respond(.json(.ok, ByteBuffer(bytes: json.bytes))) }

    func fail(_ error: APIError) { self.respond(error.response) }

    /// Answers when the future completes: with the response made of its value.
    func answer<Value: Sendable>(
        with future: EventLoopFuture<Value>,
        _ response: @escaping @Sendable (Value) -> HTTPResponse
    ) {
        future.whenComplete { result in
            switch result {
            case .success(let value): self.respond(response(value))
            // Only a loop that has ended fails what it is asked to do.
            case .failure: self.fail(APIError(RequestError(.shuttingDown, "the server is going down")))
            }
        }
    }

    // MARK: The body

    /// The body as JSON, parsed once; payloads inside it are handed on as they stand.
    func body() throws(APIError) -> JSONNode {
        if let type = self.request.headers["Content-Type"], !Self.isJSON(type) {
            throw APIError(RequestError(.unsupportedMediaType, "the body must be application/json"))
        }
        guard self.request.body.readableBytes > 0 else {
            throw APIError(RequestError(.invalidJSON, "the body is empty; it must be JSON"))
        }
        do throws(JSONParseError) {
            return try self.request.body.withUnsafeReadableBytes { (bytes) throws(JSONParseError) in
                try JSONDocument(parsing: bytes)
            }.root
        } catch {
            throw APIError(RequestError(.invalidJSON, "the body is not JSON: \(error)"))
        }
    }

    /// Nothing was sent, and nothing was announced: a body that got lost on the way is not taken for one that was never there.
    var hasNoBody: Bool { self.request.body.readableBytes == 0 && !self.request.headers.contains("Content-Type") }

    /// `application/json` and `application/NAME+json`, with any parameters.
    private static func isJSON(_ contentType: String) -> Bool {
        if contentType == "application/json" { return true }
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }
}
