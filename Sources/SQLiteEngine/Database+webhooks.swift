// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Realtime

/// What waits for the platform's backend, and what was given up.
extension Database {
    private static let columns = "sequence, id, line, created_at, body"

    func add(_ webhooks: [StoredWebhook]) throws {
        for webhook in webhooks { try self.add(webhook, due: webhook.createdAt) }
        guard let last = webhooks.map(\.sequence).max() else { return }
        let sql = """
            INSERT INTO meta VALUES ('webhook_sequence', ?)
            ON CONFLICT DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))
            """
        try self.run(sql) {
            try $0.bind(last)
            try $0.finish()
        }
    }

    /// - Parameter due: when it is, if it is the first of its line.
    private func add(_ webhook: StoredWebhook, due: Timestamp) throws {
        let sql = """
            INSERT INTO webhooks (sequence, id, line, created_at, body, due, tries) VALUES (?1, ?2, ?3, ?4, ?5,
                iif(EXISTS (SELECT 1 FROM webhooks WHERE line = ?3), NULL, ?6), 0)
            """
        try self.run(sql) {
            try $0.bind(webhook.sequence)
            try $0.bind(webhook.id)
            try $0.bind(webhook.line)
            try $0.bind(webhook.createdAt)
            try $0.bind(webhook.body)
            try $0.bind(due)
            try $0.finish()
        }
    }

    func settle(_ place: Int64, _ outcome: WebhookOutcome, at time: Timestamp) throws {
        switch outcome {
        case .accepted: try self.remove(place, at: time)
        case .retry(let due):
            try self.run("UPDATE webhooks SET due = ?, tries = tries + 1 WHERE place = ?") {
                try $0.bind(due)
                try $0.bind(place)
                try $0.finish()
            }
        case .dead(let reason, let until):
            let sql = """
                INSERT OR REPLACE INTO dead_webhooks
                SELECT sequence, id, line, created_at, tries + 1, body, ?, ?, ? FROM webhooks WHERE place = ?
                """
            try self.run(sql) {
                try $0.bind(reason)
                try $0.bind(time)
                try $0.bind(until)
                try $0.bind(place)
                try $0.finish()
            }
            try self.remove(place, at: time)
        }
    }

    /// The next of its line is due from then on.
    private func remove(_ place: Int64, at time: Timestamp) throws {
        let line = try self.run("DELETE FROM webhooks WHERE place = ? RETURNING line") { run -> String? in
            try run.bind(place)
            guard try run.step() else { return nil }
            let line = run.text(0)
            try run.finish()
            return line
        }
        guard let line else { return }
        let sql = """
            UPDATE webhooks SET due = ?
            WHERE place = (SELECT place FROM webhooks WHERE line = ? ORDER BY place LIMIT 1) AND due IS NULL
            """
        try self.run(sql) {
            try $0.bind(time)
            try $0.bind(line)
            try $0.finish()
        }
    }

    // MARK: Given up

    func retryDead(_ sequence: Int64, at time: Timestamp) throws {
        let sql = "DELETE FROM dead_webhooks WHERE sequence = ? RETURNING \(Self.columns)"
        let webhook = try self.run(sql) { run -> StoredWebhook? in
            try run.bind(sequence)
            guard try run.step() else { return nil }
            let webhook = run.webhook
            try run.finish()
            return webhook
        }
        // It has its whole time again.
        guard var webhook else { return }
        webhook.createdAt = time
        try self.add(webhook, due: time)
    }

    func removeDead(_ sequence: Int64) throws {
        try self.run("DELETE FROM dead_webhooks WHERE sequence = ?") {
            try $0.bind(sequence)
            try $0.finish()
        }
    }

    func deadWebhooks(after sequence: Int64, limit: Int) throws -> [DeadWebhook] {
        let sql = """
            SELECT \(Self.columns), tries, reason, died_at FROM dead_webhooks
            WHERE sequence > ? ORDER BY sequence LIMIT ?
            """
        return try self.run(sql) {
            try $0.bind(sequence)
            try $0.bind(Int64(limit))
            var found: [DeadWebhook] = []
            while try $0.step() {
                found.append(
                    DeadWebhook(
                        webhook: $0.webhook, tries: Int(clamping: $0.integer(5)), reason: $0.text(6),
                        diedAt: $0.time(7)))
            }
            return found
        }
    }

    // MARK: Waiting

    func dueWebhooks(at now: Timestamp, limit: Int) throws -> WebhookPage {
        var page = WebhookPage()
        let sql = """
            SELECT place, id, created_at, body, tries FROM webhooks WHERE due <= ? ORDER BY due, place LIMIT ?
            """
        page.due = try self.run(sql) {
            try $0.bind(now)
            try $0.bind(Int64(limit))
            var due: [DueWebhook] = []
            while try $0.step() {
                due.append(
                    DueWebhook(
                        place: $0.integer(0), id: $0.text(1), createdAt: $0.time(2), body: $0.blob(3),
                        tries: Int(clamping: $0.integer(4))))
            }
            return due
        }
        page.next = try self.run("SELECT due FROM webhooks WHERE due > ? ORDER BY due LIMIT 1") {
            try $0.bind(now)
            return try $0.step() ? $0.time(0) : nil
        }
        page.oldest = try self.run("SELECT created_at FROM webhooks ORDER BY place LIMIT 1") {
            try $0.step() ? $0.time(0) : nil
        }
        return page
    }

    func webhookCounts() throws -> WebhookCounts {
        func count(_ table: String) throws -> Int {
            try self.run("SELECT count(*) FROM \(table)") { try $0.step() ? Int(clamping: $0.integer(0)) : 0 }
        }
        return WebhookCounts(waiting: try count("webhooks"), dead: try count("dead_webhooks"))
    }

    func webhookSequence() throws -> Int64 {
        try self.run("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'webhook_sequence'") {
            try $0.step() ? $0.integer(0) : 0
        }
    }
}

extension StatementRun {
    /// Of a row that begins with sequence, id, line, created_at and body.
    fileprivate var webhook: StoredWebhook {
        StoredWebhook(
            sequence: self.integer(0), id: self.text(1), line: self.text(2), createdAt: self.time(3),
            body: self.blob(4))
    }
}
