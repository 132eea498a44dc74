// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Realtime

/// The directory of users, and the revocation of their tokens.
extension AdminAPI {
    func readUser(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        guard let user = platform.user(try Self.user(of: exchange)) else {
            throw APIError(RequestError(.notFound, "there is no such user in the directory"))
        }
        exchange.answer(Self.description(of: user))
    }

    func putUser(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        var identity = Identity(user: try Self.user(of: exchange))
        if !exchange.hasNoBody {
            let body = try exchange.body()
            do throws(RequestError) {
                try body.requireObject()
                for member in body.members {
                    switch member.name {
                    case "name": identity.name = try member.value.text("name")
                    case "avatar": identity.avatar = try member.value.text("avatar", maximumByteCount: 2048)
                    default: throw member.unknownError(known: ["name", "avatar"])
                    }
                }
            } catch { throw APIError(error) }
        }
        platform.putUser(identity) { [identity] result in
            switch result {
            case .success: exchange.answer(Self.description(of: identity))
            case .failure(let error): exchange.fail(APIError(error))
            }
        }
    }

    func removeUser(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        platform.removeUser(try Self.user(of: exchange)) { Self.answer($0, exchange) }
    }

    func revoke(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let body = try exchange.body()
        let revocation: Platform.Revocation
        var forgetAt: Timestamp?
        do throws(RequestError) {
            try body.requireObject()
            let known = ["jti", "user", "before", "until"]
            for member in body.members where !known.contains(member.name) { throw member.unknownError(known: known) }
            let now = platform.clock.now()
            let before = try body["before"].map { node throws(RequestError) in try Self.time(node, "before") }
            forgetAt = try body["until"].map { node throws(RequestError) in try Self.time(node, "until") }
            switch (body["jti"], body["user"]) {
            case (let id?, nil) where before == nil: revocation = .token(try id.text("jti"))
            case (nil, let user?):
                guard before ?? now <= now else {
                    throw RequestError(
                        .invalidRequest, "must not be in the future", pointer: JSONPointer().appending(key: "before"))
                }
                revocation = .user(UserID(try user.text("user")), before: before ?? now)
            default:
                throw RequestError(
                    .invalidRequest, "write either \"jti\", or \"user\" and, if it is not now, \"before\"",
                    pointer: JSONPointer())
            }
        } catch { throw APIError(error) }
        platform.revoke(revocation, forgetAt: forgetAt) { Self.answer($0, exchange) }
    }

    private static func user(of exchange: Exchange) throws(APIError) -> UserID {
        let text = exchange.parameters["user"] ?? ""
        guard (1...255).contains(text.utf8.count) else {
            throw APIError(RequestError(.invalidPath, "a user's id has 1 to 255 bytes"))
        }
        return UserID(text)
    }

    private static func time(_ node: JSONNode, _ key: String) throws(RequestError) -> Timestamp {
        if let time = node.string.flatMap({ Timestamp($0) }) { return time }
        throw RequestError(
            .invalidRequest, "must be a time like \"2025-11-05T12:00:00Z\"", pointer: JSONPointer().appending(key: key))
    }

    /// Says how many connections ended.
    private static func answer(_ result: Result<Int, RequestError>, _ exchange: Exchange) {
        switch result {
        case .failure(let error): exchange.fail(APIError(error))
        case .success(let count):
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("disconnected")
            writer.int(count)
            writer.endObject()
            exchange.answer(writer)
        }
    }

    private static func description(of user: Identity) -> JSONWriter {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("user")
        writer.string(user.user.rawValue)
        for (key, value) in [("name", user.name), ("avatar", user.avatar)] {
            guard let value else { continue }
            writer.key(key)
            writer.string(value)
        }
        writer.endObject()
        return writer
    }
}
