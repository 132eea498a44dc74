// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Realtime

/// Deletes what has expired.
extension Database {
    /// At most `limit` rows of each kind, so that no commit waits long for it.
    func forgetExpired(now: Timestamp, limit: Int) throws {
        for sql in Self.forgetting {
            try self.run(sql) {
                try $0.bind(now)
                try $0.bind(Int64(limit))
                try $0.finish()
            }
        }
        try self.forgetInbox(now: now, limit: limit)
    }

    private static let forgetting = [
        """
        DELETE FROM idempotency WHERE idempotency_key IN (
            SELECT idempotency_key FROM idempotency WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """,
        // An ended wait has no items.
        """
        DELETE FROM waits WHERE id IN (SELECT id FROM waits WHERE forget_at <= ? ORDER BY forget_at LIMIT ?)
        """,
        """
        DELETE FROM publications WHERE (channel, position) IN (
            SELECT channel, position FROM publications WHERE until <= ? ORDER BY until LIMIT ?)
        """,
        """
        DELETE FROM notifications WHERE id IN (
            SELECT id FROM notifications WHERE until <= ? ORDER BY until LIMIT ?)
        """,
        """
        DELETE FROM credentials WHERE (kind, credential_key) IN (
            SELECT kind, credential_key FROM credentials WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """,
        """
        DELETE FROM read_marks WHERE (user, publication) IN (
            SELECT user, publication FROM read_marks WHERE until <= ? ORDER BY until LIMIT ?)
        """,
        """
        DELETE FROM dead_webhooks WHERE sequence IN (
            SELECT sequence FROM dead_webhooks WHERE until <= ? ORDER BY until LIMIT ?)
        """,
        // Who left before the oldest notification came is in no inbox. Notifications are numbered in the order of their
        // times.
        """
        DELETE FROM former_members WHERE (user, channel, since) IN (
            SELECT user, channel, since FROM former_members
            WHERE until <= coalesce((SELECT time FROM notifications ORDER BY id LIMIT 1), ?)
            ORDER BY until LIMIT ?)
        """,
    ]

    /// A channel whose last row goes is forgotten with it.
    private func forgetInbox(now: Timestamp, limit: Int) throws {
        let sql = """
            DELETE FROM inbox WHERE (channel, time, notification) IN (
                SELECT channel, time, notification FROM inbox WHERE until <= ? ORDER BY until LIMIT ?)
            RETURNING channel
            """
        let channels = try self.run(sql) {
            try $0.bind(now)
            try $0.bind(Int64(limit))
            var channels: Set<Int64> = []
            while try $0.step() { channels.insert($0.integer(0)) }
            return channels
        }
        for channel in channels {
            let sql = """
                DELETE FROM inbox_channels WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM inbox WHERE channel = ?1)
                """
            try self.run(sql) {
                try $0.bind(channel)
                try $0.finish()
            }
        }
    }
}
