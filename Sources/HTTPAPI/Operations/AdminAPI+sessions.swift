// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

extension AdminAPI {
    /// Makes a session; its id is shown in this answer and never again.
    func createSession(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        guard platform.definition.auth.sessions.ask == nil else {
            throw APIError(
                RequestError(.conflict, "the contract asks the platform's backend about sessions; they are made there"))
        }
        let body = try exchange.body()
        let request: SessionRequest
        do throws(RequestError) { request = try SessionRequest(reading: body) } catch { throw APIError(error) }
        platform.createSession(for: request.identity, lifetime: request.lifetime) { result in
            switch result {
            case .failure(let error): exchange.fail(APIError(error))
            case .success(let (id, session)):
                exchange.answer(Self.answer(.created, SessionDescription(session, id: id)))
            }
        }
    }

    func readSession(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        exchange.answer(Self.answer(.ok, SessionDescription(try Self.session(of: exchange, on: platform))))
    }

    /// Ends a session, and with it every connection that rests on it.
    func endSession(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        platform.end([try Self.session(of: exchange, on: platform)]) { result in
            switch result {
            case .failure(let error): exchange.fail(APIError(error))
            case .success: exchange.answer(HTTPResponse(.noContent))
            }
        }
    }

    /// A user's sessions, by key, page by page.
    func listSessions(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let limit = try exchange.query.limit(default: 1000)
        let after = exchange.query.text("after") ?? ""
        // One more than asked for tells whether there is another page.
        var found = FirstItems<String, StoredCredential>(limit: limit + 1)
        for session in platform.sessions(of: try Self.user(of: exchange)) where session.key > after {
            found.offer(session.key, session)
        }
        let (items, next) = found.page(of: limit)
        var writer = JSONWriter(capacity: 256 * items.count + 32)
        writer.beginObject()
        writer.key("sessions")
        writer.beginArray()
        for item in items { SessionDescription(item).write(to: &writer) }
        writer.endArray()
        if let next {
            writer.key("next")
            writer.string(next)
        }
        writer.endObject()
        exchange.answer(writer)
    }

    /// Ends all of a user's sessions.
    func endSessions(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let sessions = platform.sessions(of: try Self.user(of: exchange))
        platform.end(sessions) { result in
            switch result {
            case .failure(let error): exchange.fail(APIError(error))
            case .success:
                var writer = JSONWriter()
                writer.beginObject()
                writer.key("ended")
                writer.int(sessions.count)
                writer.endObject()
                exchange.answer(writer)
            }
        }
    }

    // MARK: What the request names

    private static func user(of exchange: Exchange) throws(APIError) -> UserID {
        guard let user = exchange.query.text("user"), !user.isEmpty else {
            throw APIError(RequestError(.invalidQuery, "the query parameter \"user\" is missing"))
        }
        return UserID(user)
    }

    /// The session whose id, or whose key, the path has.
    private static func session(of exchange: Exchange, on platform: Platform) throws(APIError) -> StoredCredential {
        let name = exchange.parameters["session"] ?? ""
        if let session = platform.session(key: SecretText.key(of: name)) ?? platform.session(key: name) {
            return session
        }
        throw APIError(RequestError(.notFound, "there is no such session; it may have ended"))
    }

    private static func answer(_ status: HTTPStatus, _ session: SessionDescription) -> HTTPResponse {
        var writer = JSONWriter()
        session.write(to: &writer)
        return .json(status, ByteBuffer(bytes: writer.bytes))
    }
}
