// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

/// The answer to a request that cannot be carried out:
/// `{"error":{"code","message","pointer"?,"index"?}}`, with a status that follows from the code.
struct APIError: Error {
    private var error: RequestError
    /// The wrong one among the publications of a batch.
    private var index: Int?
    private var headers: HTTPHeaders

    /// - Parameters:
    ///   - error: its pointer counts from the publication where `index` is given.
    ///   - index: left out of the answer when the code is about the request as a whole.
    init(_ error: RequestError, index: Int? = nil, headers: HTTPHeaders = HTTPHeaders()) {
        self.error = error
        self.index = Self.status(of: error.code) == .unprocessableContent ? index : nil
        self.headers = headers
    }

    var code: RequestError.Code { self.error.code }

    var response: HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.beginObject()
        writer.key("code")
        writer.string(self.error.code.rawValue)
        writer.key("message")
        writer.string(self.error.message)
        if let pointer = self.pointer {
            writer.key("pointer")
            writer.string(pointer.description)
        }
        if let index {
            writer.key("index")
            writer.int(index)
        }
        writer.endObject()
        writer.endObject()
        var response = HTTPResponse.json(Self.status(of: self.error.code), ByteBuffer(bytes: writer.bytes))
        for field in self.headers { response.headers.append(field.name, field.value) }
        return response
    }

    /// Counted from the whole body.
    private var pointer: JSONPointer? {
        guard let index else { return self.error.pointer }
        return JSONPointer([String(index)] + (self.error.pointer?.tokens ?? []))
    }

    private static func status(of code: RequestError.Code) -> HTTPStatus {
        switch code {
        case .invalidPayload, .unknownEvent, .invalidChannel, .invalidRequest: .unprocessableContent
        case .invalidJSON, .invalidQuery, .invalidPath: .badRequest
        case .unauthenticated, .expired: .unauthorized
        case .forbidden: .forbidden
        case .notFound, .unknownApp: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .unsupportedMediaType: .unsupportedMediaType
        case .rateLimited, .tooManySubscriptions: .tooManyRequests
        case .storageUnavailable, .shuttingDown: .serviceUnavailable
        default: .internalServerError
        }
    }
}

/// Codes of requests that never reach the core.
extension RequestError.Code {
    /// The body is not JSON.
    static let invalidJSON = Self(rawValue: "invalidJSON")
    /// The path's percent-encoding is broken.
    static let invalidPath = Self(rawValue: "invalidPath")
    /// The path is there, for other methods.
    static let methodNotAllowed = Self(rawValue: "methodNotAllowed")
    /// The body is said to be something else than JSON.
    static let unsupportedMediaType = Self(rawValue: "unsupportedMediaType")
}
