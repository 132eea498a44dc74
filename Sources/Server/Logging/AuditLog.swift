// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// The audit trail of all platforms, as JSON lines in a file.
struct AuditLog: AuditTrail {
    let file: LogFile

    func record(_ entry: AuditEntry) { self.file.write(Self.line(entry, at: SystemClock().now())) }

    /// `{time, platform?, action, user?, app?, connection?, address?, channel? or channels?, event?, operation?, decision, reason?}`.
    static func line(_ entry: AuditEntry, at time: Timestamp) -> [UInt8] {
        var writer = JSONWriter(capacity: 320)
        func put(_ name: String, _ value: String?) {
            guard let value else { return }
            writer.key(name)
            writer.string(value)
        }
        writer.beginObject()
        put("time", time.description)
        put("platform", entry.platform)
        put("action", entry.action.rawValue)
        put("user", entry.user?.rawValue)
        put("app", entry.app)
        put("connection", entry.connection)
        put("address", entry.address)
        if entry.channels.count > 1 {
            writer.key("channels")
            writer.beginArray()
            for channel in entry.channels { writer.string(channel) }
            writer.endArray()
        } else {
            put("channel", entry.channels.first)
        }
        put("event", entry.event)
        put("operation", entry.operation)
        put("decision", entry.isAllowed ? "allowed" : "denied")
        put("reason", entry.reason)
        writer.endObject()
        return writer.bytes
    }
}
