// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Realtime

extension AdminAPI {
    /// Everybody who belongs to the channel, by itself or through the channel whose members it shares.
    func readMembers(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let channel = try self.channel(of: exchange, on: platform).name
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("channel")
        writer.string(channel.rawValue)
        writer.key("members")
        writer.beginArray()
        for user in platform.members.members(of: channel) { writer.string(user.rawValue) }
        writer.endArray()
        if let link = platform.members.link(of: channel) {
            writer.key("link")
            writer.string(link.rawValue)
        }
        writer.endObject()
        exchange.answer(writer)
    }

    func replaceMembers(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let channel = try self.channel(of: exchange, on: platform).name
        let users = try Self.users(exchange.body())
        self.change(.setMembers(channel: channel, users: users), on: platform, exchange)
    }

    func addMembers(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let channel = try self.channel(of: exchange, on: platform).name
        let users = try Self.users(exchange.body())
        self.change(.addMembers(channel: channel, users: users), on: platform, exchange)
    }

    /// The users of the body; without a body everybody, and the link as well.
    func removeMembers(_ exchange: Exchange) throws(APIError) {
        let platform = try self.platform(of: exchange)
        let channel = try self.channel(of: exchange, on: platform).name
        let change: StateChange =
            exchange.hasNoBody
            ? .setMembers(channel: channel, users: [])
            : .removeMembers(channel: channel, users: try Self.users(exchange.body()))
        self.change(change, on: platform, exchange)
    }

    private func change(_ change: StateChange, on platform: Platform, _ exchange: Exchange) {
        platform.change([change]) { result in
            switch result {
            case .success: exchange.answer(HTTPResponse(.noContent))
            case .failure(let error): exchange.fail(APIError(error))
            }
        }
    }

    /// Reads `{"users": […]}`.
    private static func users(_ body: JSONNode) throws(APIError) -> [UserID] {
        do throws(RequestError) {
            try body.requireObject()
            var users: [String]?
            for member in body.members {
                guard member.key.isString(equalTo: "users") else { throw member.unknownError(known: ["users"]) }
                users = try member.value.texts("users")
            }
            guard let users else {
                throw RequestError(.invalidRequest, "\"users\" is missing", pointer: JSONPointer())
            }
            return users.map { UserID($0) }
        } catch {
            throw APIError(error)
        }
    }
}
