// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Realtime

/// Keeps publications for those who may be away, and finds a user's.
extension Database {
    /// Once, however many the channels have members.
    func deliver(_ publication: StoredPublication, to audiences: [ChannelName], until: Timestamp) throws {
        if audiences.isEmpty { return }
        try self.run("INSERT INTO notifications VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)") {
            try $0.bind(publication.channel.rawValue)
            try $0.bind(publication.id)
            try $0.bind(publication.stamp)
            try $0.bind(publication.event)
            try $0.bind(publication.time)
            try $0.bind(until)
            try $0.bind(publication.data)
            try $0.finish()
        }
        let notification = self.lastInsertedRowID
        for channel in audiences {
            let number = try self.inboxNumber(of: channel) ?? self.insertInbox(of: channel)
            try self.run("INSERT OR IGNORE INTO inbox VALUES (?, ?, ?, ?)") {
                try $0.bind(number)
                try $0.bind(publication.time)
                try $0.bind(notification)
                try $0.bind(until)
                try $0.finish()
            }
        }
    }

    private func inboxNumber(of channel: ChannelName) throws -> Int64? {
        try self.run("SELECT id FROM inbox_channels WHERE name = ?") {
            try $0.bind(channel.rawValue)
            return try $0.step() ? $0.integer(0) : nil
        }
    }

    private func insertInbox(of channel: ChannelName) throws -> Int64 {
        try self.run("INSERT INTO inbox_channels VALUES (NULL, ?)", channel.rawValue)
        return self.lastInsertedRowID
    }

    /// See ``Engine/inbox(_:completion:)``. Costs one seek for each channel of the user, and one more and at most
    /// `limit` small rows for each that has an inbox; then two for each publication found.
    func inbox(_ query: InboxQuery, now: Timestamp) throws -> [InboxItem] {
        guard query.after?.milliseconds != .max else { return [] }
        var page = InboxPage(after: query.after, limit: query.limit)
        for span in try self.inboxSpans(for: query) { try self.read(span, into: &page, now: now) }
        return try page.notifications.compactMap { number in
            guard let publication = try self.notification(number) else { return nil }
            return InboxItem(
                publication: publication, isRead: try self.hasRead(publication.id, user: query.user))
        }
    }

    /// Where the query's publications are.
    func inboxSpans(for query: InboxQuery) throws -> [InboxSpan] {
        let own = try query.audiences.compactMap { channel in
            try self.inboxNumber(of: channel).map { InboxSpan(channel: $0, since: .min, until: .max) }
        }
        return own + (try self.inboxSpans(of: query.user))
    }

    /// When the user belonged to which channels that have inboxes, by himself or because they share the members of one of
    /// his. A link is followed only as far as a ``MemberTable`` does, and counts from when it was made; one that has
    /// ended is not followed.
    private func inboxSpans(of user: UserID) throws -> [InboxSpan] {
        try self.run(Self.inboxSpansQuery) {
            try $0.bind(user.rawValue)
            var spans: [InboxSpan] = []
            while try $0.step() {
                spans.append(InboxSpan(channel: $0.integer(0), since: $0.integer(1), until: $0.integer(2)))
            }
            return spans
        }
    }

    static let inboxSpansQuery = """
        WITH RECURSIVE spans (channel, since, until, depth) AS (
            SELECT channel, since, 9223372036854775807, 0 FROM members WHERE user = ?1
            UNION ALL
            SELECT channel, since, until - 1, 0 FROM former_members WHERE user = ?1
            UNION ALL
            SELECT member_links.channel, max(spans.since, member_links.since), until, depth + 1
            FROM spans JOIN member_links ON parent = spans.channel WHERE depth < 8
        )
        SELECT id, since, until FROM spans JOIN inbox_channels ON name = channel
        """

    private func read(_ span: InboxSpan, into page: inout InboxPage, now: Timestamp) throws {
        let (first, last) = (max(span.since, page.first), min(span.until, page.last))
        guard first <= last else { return }
        let found = try self.run(page.isNewestFirst ? Self.newestFirst : Self.oldestFirst) {
            try $0.bind(span.channel)
            try $0.bind(first)
            try $0.bind(last)
            try $0.bind(now)
            try $0.bind(Int64(page.limit))
            var found: [InboxPage.Entry] = []
            while try $0.step() { found.append(InboxPage.Entry(time: $0.integer(0), notification: $0.integer(1))) }
            return found
        }
        page.add(found)
    }

    private static let oldestFirst = """
        SELECT time, notification FROM inbox
        WHERE channel = ? AND time BETWEEN ? AND ? AND until > ? ORDER BY time, notification LIMIT ?
        """

    private static let newestFirst = """
        SELECT time, notification FROM inbox
        WHERE channel = ? AND time BETWEEN ? AND ? AND until > ? ORDER BY time DESC, notification DESC LIMIT ?
        """

    private func notification(_ number: Int64) throws -> StoredPublication? {
        let sql = "SELECT publication, stamp, event, time, data, channel FROM notifications WHERE id = ?"
        return try self.run(sql) {
            try $0.bind(number)
            guard try $0.step(), let channel = ChannelName($0.text(5)) else { return nil }
            return $0.publication(of: channel, offset: 0)
        }
    }
}

/// A time, in milliseconds, during which a user belonged to a channel; both ends included.
struct InboxSpan {
    var channel: Int64
    var since: Int64
    var until: Int64
}
