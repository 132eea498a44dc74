// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import Realtime

/// One connection as the operator sees it, taken from its session on the session's own loop.
struct ConnectionDescription: Sendable {
    private let number: UInt64
    private let user: String?
    private let roles: [String]
    private let dialect: String
    private let transport: PortTransport
    private let roundTrip: Int64?
    private let connectedAt: Timestamp
    private let expiresAt: Timestamp?
    private let channels: [String]
    private let messageCount: UInt64

    /// - Parameter dialects: names of the platform's dialects, by index.
    init(_ session: Session, dialects: [String]) {
        self.number = session.port.number
        self.user = session.identity?.user.rawValue
        self.roles = session.identity?.roles ?? []
        self.dialect = dialects.indices.contains(session.dialectIndex) ? dialects[session.dialectIndex] : ""
        self.transport = session.port.transport
        self.roundTrip = session.port.roundTrip
        self.connectedAt = session.connectedAt
        self.expiresAt = session.identity?.expiresAt.map { Timestamp(milliseconds: $0) }
        self.channels = session.channelNames.map(\.rawValue)
        self.messageCount = session.messageCount
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(ConnectionID.text(of: self.number))
        writer.key("user")
        if let user { writer.string(user) } else { writer.null() }
        writer.key("roles")
        writer.beginArray()
        for role in self.roles { writer.string(role) }
        writer.endArray()
        writer.key("dialect")
        writer.string(self.dialect)
        writer.key("transport")
        writer.string(self.transport.rawValue)
        writer.key("pingMilliseconds")
        if let roundTrip { writer.int(Int(clamping: roundTrip)) } else { writer.null() }
        writer.key("connectedAt")
        writer.string(self.connectedAt.description)
        writer.key("expiresAt")
        if let expiresAt { writer.string(expiresAt.description) } else { writer.null() }
        writer.key("channels")
        writer.beginArray()
        for channel in self.channels { writer.string(channel) }
        writer.endArray()
        writer.key("messageCount")
        writer.int(Int(clamping: self.messageCount))
        writer.endObject()
    }
}
