// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import HTTP
import JSON
import NIOCore
import Realtime

extension AdminAPI {
    /// The open connections, of everybody or of one user, by number, page by page.
    func listConnections(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let limit = try exchange.query.limit(default: 1000)
        let after = try Self.connection(after: exchange.query.text("after"))
        let user = exchange.query.text("user").map { UserID($0) }
        let dialects = platform.dialects.map(\.name)
        let gathered = platform.onEveryLoop(gatheredOn: exchange.eventLoop) { hub in
            // One more than asked for tells whether there is another page.
            var found = FirstItems<UInt64, ConnectionDescription>(limit: limit + 1)
            func offer(_ session: Session) {
                if let after, session.port.number <= after { return }
                found.offer(session.port.number, ConnectionDescription(session, dialects: dialects))
            }
            if let user {
                for session in hub.sessions(of: user) { offer(session) }
            } else {
                for session in hub.allSessions { offer(session) }
            }
            return found
        }
        exchange.answer(with: gathered) { loops in
            var found = FirstItems<UInt64, ConnectionDescription>(limit: limit + 1)
            for loop in loops { found.offer(contentsOf: loop) }
            let (items, next) = found.page(of: limit)
            var writer = JSONWriter(capacity: 256 * items.count + 32)
            writer.beginObject()
            writer.key("connections")
            writer.beginArray()
            for item in items { item.write(to: &writer) }
            writer.endArray()
            if let next {
                writer.key("next")
                writer.string(ConnectionID.text(of: next))
            }
            writer.endObject()
            return .json(.ok, ByteBuffer(bytes: writer.bytes))
        }
    }

    /// One open connection.
    func readConnection(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let (number, unknown) = try Self.connection(of: exchange)
        let dialects = platform.dialects.map(\.name)
        let gathered = platform.onEveryLoop(gatheredOn: exchange.eventLoop) { hub in
            hub.session(number).map { ConnectionDescription($0, dialects: dialects) }
        }
        exchange.answer(with: gathered) { loops in
            guard let connection = loops.lazy.compactMap(\.self).first else { return unknown.response }
            var writer = JSONWriter()
            connection.write(to: &writer)
            return .json(.ok, ByteBuffer(bytes: writer.bytes))
        }
    }

    /// Sends an event to one connection alone.
    func sendToConnection(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let (number, unknown) = try Self.connection(of: exchange)
        let body = try exchange.body()
        let sent: EventLoopFuture<(id: String, time: Timestamp)?>
        do throws(RequestError) {
            let request = try PublishRequest(directReading: body)
            sent = try platform.send(request, toConnection: number, gatheredOn: exchange.eventLoop)
        } catch {
            throw APIError(error)
        }
        exchange.answer(with: sent) { sent in
            guard let sent else { return unknown.response }
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("id")
            writer.string(sent.id)
            writer.key("time")
            writer.string(sent.time.description)
            writer.endObject()
            return .json(.ok, ByteBuffer(bytes: writer.bytes))
        }
    }

    private static func connection(of exchange: Exchange) throws(APIError) -> (number: UInt64, unknown: APIError) {
        let id = exchange.parameters["connection"] ?? ""
        let unknown = APIError(RequestError(.notFound, "there is no connection \"\(id)\"; it may have ended"))
        guard let number = ConnectionID.number(from: id) else { throw unknown }
        return (number, unknown)
    }

    private static func connection(after id: String?) throws(APIError) -> UInt64? {
        guard let id else { return nil }
        guard let number = ConnectionID.number(from: id) else {
            throw APIError(RequestError(.invalidQuery, "\"after\" must be the id of a connection of this process"))
        }
        return number
    }

    func disconnect(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let (number, unknown) = try Self.connection(of: exchange)
        exchange.answer(with: platform.disconnect(connection: number, gatheredOn: exchange.eventLoop)) { wasThere in
            wasThere ? HTTPResponse(.noContent) : unknown.response
        }
    }

    func disconnectUser(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let user = UserID(exchange.parameters["user"] ?? "")
        exchange.answer(with: platform.disconnect(user: user, gatheredOn: exchange.eventLoop)) { count in
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("disconnected")
            writer.int(count)
            writer.endObject()
            return .json(.ok, ByteBuffer(bytes: writer.bytes))
        }
    }
}
