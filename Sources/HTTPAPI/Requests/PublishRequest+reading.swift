// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

extension PublishRequest {
    private static let keys = ["event", "data", "to", "users", "id", "time", "idempotencyKey"]

    /// Reads `{event, data, to?, users?, id?, time?, idempotencyKey?}`. The payload stays a part of the body.
    ///
    /// Only shapes are checked here; what the contract says is the platform's to check. Pointers count from `node`.
    init(reading node: JSONNode) throws(RequestError) {
        try node.requireObject()
        var event: String?
        var data: JSONNode?
        var request = PublishRequest(event: "", data: node)
        for member in node.members {
            let value = member.value
            if member.key.isString(equalTo: "event") {
                event = try value.text("event")
            } else if member.key.isString(equalTo: "data") {
                data = value
            } else if member.key.isString(equalTo: "to") {
                request.channels = try value.texts("to", minimumCount: 1)
            } else if member.key.isString(equalTo: "users") {
                request.users = try value.texts("users", minimumCount: 1)
            } else if member.key.isString(equalTo: "id") {
                request.id = try value.text("id", maximumByteCount: PublicationID.maximumByteCount)
            } else if member.key.isString(equalTo: "time") {
                request.time = try value.text("time")
            } else if member.key.isString(equalTo: "idempotencyKey") {
                request.idempotencyKey = try value.text("idempotencyKey")
            } else {
                throw member.unknownError(known: Self.keys)
            }
        }
        guard let event else { throw Self.missing("event") }
        guard let data else { throw Self.missing("data") }
        request.event = event
        request.data = data
        self = request
    }

    /// Reads `{event, data}`: what goes to one connection.
    init(directReading node: JSONNode) throws(RequestError) {
        try node.requireObject()
        for member in node.members where !["event", "data"].contains(member.name) {
            throw member.unknownError(known: ["event", "data"])
        }
        try self.init(reading: node)
    }

    private static func missing(_ key: String) -> RequestError {
        RequestError(.invalidRequest, "\"\(key)\" is missing", pointer: JSONPointer())
    }
}
