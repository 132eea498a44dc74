// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import NIOCore
import Realtime

extension AdminAPI {
    /// The open connections, of everybody or of one user, by number, page by page.
    func listConnections(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let limit = try exchange.query.limit(default: 1000)
        let after = try exchange.query.number("after", in: 0...Int.max).map { UInt64($0) }
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
                writer.string(String(next))
            }
            writer.endObject()
            return .json(.ok, ByteBuffer(bytes: writer.bytes))
        }
    }

    func disconnect(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let id = exchange.parameters["connection"] ?? ""
        let unknown = APIError(RequestError(.notFound, "there is no connection \"\(id)\"; it may have ended"))
        // Only the form in which ids are given out names a connection.
        guard let number = UInt64(id), String(number) == id else { throw unknown }
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
