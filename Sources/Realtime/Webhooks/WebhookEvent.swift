// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Something that a platform's backend wants to know of.
package struct WebhookEvent: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case connected, disconnected, subscribed, unsubscribed
        case channelOccupied = "channel.occupied"
        case channelVacated = "channel.vacated"
        case presenceOnline = "presence.online"
        case presenceOffline = "presence.offline"

        /// A bit of its own.
        var bit: UInt16 {
            switch self {
            case .connected: 1
            case .disconnected: 2
            case .subscribed: 4
            case .unsubscribed: 8
            case .channelOccupied: 16
            case .channelVacated: 32
            case .presenceOnline: 64
            case .presenceOffline: 128
            }
        }
    }

    var kind: Kind
    var time: Timestamp
    /// Whose connection it is about, if anybody's.
    var identity: Identity?
    var connection: UInt64?
    var channel: ChannelName?

    /// What of is delivered in order: a user's events, a channel's, or those of a connection without a user.
    var line: String {
        switch self.kind {
        case .channelOccupied, .channelVacated: return "channel \(self.channel?.rawValue ?? "")"
        default: break
        }
        if let user = self.identity?.user { return "user \(user.rawValue)" }
        return self.connection.map { "connection \(ConnectionID.text(of: $0))" } ?? ""
    }

    /// - Parameter sequence: counts a platform's events from 1, and goes on after a restart.
    func stored(sequence: Int64, of definition: PlatformDefinition) -> StoredWebhook {
        // The time tells apart what two stores counted, of which one took the other's place.
        let id = "wh_\(self.time.milliseconds)_\(sequence)"
        return StoredWebhook(
            sequence: sequence, id: id, line: self.line, createdAt: self.time,
            body: self.body(id: id, sequence: sequence, definition))
    }

    private func body(id: String, sequence: Int64, _ definition: PlatformDefinition) -> [UInt8] {
        var writer = JSONWriter(capacity: 384)
        writer.beginObject()
        writer.key("type")
        writer.string(self.kind.rawValue)
        writer.key("id")
        writer.string(id)
        writer.key("platform")
        writer.string(definition.name)
        writer.key("time")
        writer.string(self.time.description)
        writer.key("sequence")
        writer.int(Int(sequence))
        if let identity { identity.write(to: &writer) }
        if let connection {
            writer.key("connection")
            writer.beginObject()
            writer.key("id")
            writer.string(ConnectionID.text(of: connection))
            writer.endObject()
        }
        if let channel { definition.write(channel.rawValue, to: &writer) }
        writer.endObject()
        return writer.bytes
    }
}

extension Identity {
    /// What a backend is told of a user, as the member `user`.
    func write(to writer: inout JSONWriter) {
        writer.key("user")
        writer.beginObject()
        writer.key("id")
        writer.string(self.user.rawValue)
        for (key, value) in [("name", self.name), ("avatar", self.avatar)] {
            guard let value else { continue }
            writer.key(key)
            writer.string(value)
        }
        writer.key("roles")
        writer.beginArray()
        for role in self.roles { writer.string(role) }
        writer.endArray()
        writer.endObject()
    }
}

extension PlatformDefinition {
    /// What a backend is told of a channel: its name, and the values of its pattern's parameters.
    func write(_ channel: String, to writer: inout JSONWriter) {
        writer.key("channel")
        writer.string(channel)
        writer.key("parameters")
        writer.beginObject()
        if let match = self.match(channel) {
            for (name, value) in zip(match.rules.pattern.parameters, match.parameters) {
                writer.key(name)
                writer.string(String(value))
            }
        }
        writer.endObject()
    }
}
