// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Realtime

/// Which notifications a user has read.
extension Database {
    func markRead(_ publication: String, by user: UserID, until: Timestamp) throws {
        try self.run("INSERT OR REPLACE INTO read_marks VALUES (?, ?, ?)") {
            try $0.bind(user.rawValue)
            try $0.bind(publication)
            try $0.bind(until)
            try $0.finish()
        }
    }

    /// See ``Engine/inboxEntry(_:for:completion:)``. Costs one seek for each notification of the name, which is one unless a
    /// publisher's own ids repeat, and one for each channel of the user that has an inbox.
    func inboxEntry(_ publication: String, for query: InboxQuery, now: Timestamp) throws -> InboxEntry? {
        let named = try self.run(
            "SELECT id, time, until FROM notifications WHERE publication = ? AND until > ? ORDER BY id DESC LIMIT 100"
        ) {
            try $0.bind(publication)
            try $0.bind(now)
            var named: [(number: Int64, time: Int64, until: Timestamp)] = []
            while try $0.step() { named.append(($0.integer(0), $0.integer(1), $0.time(2))) }
            return named
        }
        if named.isEmpty { return nil }
        let spans = try self.inboxSpans(for: query)
        for notification in named {
            let isIn = try spans.contains { span in
                guard span.since <= notification.time, notification.time <= span.until else { return false }
                return try self.run("SELECT 1 FROM inbox WHERE channel = ? AND time = ? AND notification = ?") {
                    try $0.bind(span.channel)
                    try $0.bind(notification.time)
                    try $0.bind(notification.number)
                    return try $0.step()
                }
            }
            guard isIn else { continue }
            return InboxEntry(
                isRead: try self.hasRead(publication, user: query.user), until: notification.until)
        }
        return nil
    }

    func hasRead(_ publication: String, user: UserID) throws -> Bool {
        try self.run("SELECT 1 FROM read_marks WHERE user = ? AND publication = ?") {
            try $0.bind(user.rawValue)
            try $0.bind(publication)
            return try $0.step()
        }
    }
}
