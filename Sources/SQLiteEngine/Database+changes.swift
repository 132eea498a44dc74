// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Realtime

/// Carries out commits inside a transaction that the writer has begun.
extension Database {
    func apply(_ commit: Commit, now: Timestamp) throws -> Result<CommitOutcome, RequestError> {
        if let idempotency = commit.idempotency {
            if let earlier = try self.earlierAnswer(to: idempotency.key, now: now) {
                guard earlier.fingerprint == idempotency.fingerprint else { return .failure(.idempotencyConflict) }
                return .success(.duplicate(answer: earlier.answer))
            }
            try self.remember(idempotency)
        }
        for change in commit.changes { try self.apply(change, at: commit.time, now: now) }
        return .success(.committed)
    }

    private func earlierAnswer(to key: String, now: Timestamp) throws -> (fingerprint: UInt64, answer: [UInt8])? {
        try self.run("SELECT fingerprint, answer FROM idempotency WHERE idempotency_key = ? AND expires_at > ?") {
            try $0.bind(key)
            try $0.bind(now)
            guard try $0.step() else { return nil }
            return (UInt64(bitPattern: $0.integer(0)), $0.blob(1))
        }
    }

    /// Takes the place of an expired key of the same name.
    private func remember(_ idempotency: Commit.Idempotency) throws {
        try self.run("INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?)") {
            try $0.bind(idempotency.key)
            try $0.bind(Int64(bitPattern: idempotency.fingerprint))
            try $0.bind(idempotency.expiresAt)
            try $0.bind(idempotency.answer)
            try $0.finish()
        }
    }

    private func apply(_ change: StateChange, at time: Timestamp, now: Timestamp) throws {
        switch change {
        case .addMembers(let channel, let users):
            try self.addMembers(users, to: channel, at: time)
        case .removeMembers(let channel, let users):
            try self.removeMembers(users, from: channel, at: time)
        case .setMembers(let channel, let users):
            try self.setMembers(users, of: channel, at: time)
        case .linkMembers(let channel, let parent):
            try self.linkMembers(of: channel, to: parent, at: time)
        case .setRecord(let channel, let record):
            try self.setRecord(record, of: channel)
        case .addWaitItem(let wait, let item, let data, let due):
            try self.addItem(item, to: wait, data: data, due: due, now: now)
        case .endWait(let wait, let forgetAt):
            try self.end(wait, forgetAt: forgetAt)
        case .append(let publication, let keep, let until):
            try self.append(publication, keep: keep, until: until)
        case .deliverToInbox(let publication, let audiences, let until):
            try self.deliver(publication, to: audiences, until: until)
        case .markRead(let publication, let user, let until):
            try self.markRead(publication, by: user, until: until)
        case .putCredential(let credential):
            try self.put(credential)
        case .removeCredential(let kind, let key):
            try self.run("DELETE FROM credentials WHERE kind = ? AND credential_key = ?", kind.rawValue, key)
        case .putRegistration(let registration):
            try self.put(registration)
        case .removeRegistration(let kind, let key):
            try self.run("DELETE FROM registrations WHERE kind = ? AND registration_key = ?", kind.rawValue, key)
        case .addWebhooks(let webhooks):
            try self.add(webhooks)
        case .settleWebhook(let place, let outcome, let time):
            try self.settle(place, outcome, at: time)
        case .retryDeadWebhooks(let sequences, let time):
            for sequence in sequences { try self.retryDead(sequence, at: time) }
        case .removeDeadWebhooks(let sequences):
            for sequence in sequences { try self.removeDead(sequence) }
        }
    }

    /// Remembers the latest time of what was kept, so that a later process goes on after it.
    func note(_ time: Timestamp) throws {
        let sql = """
            INSERT INTO meta VALUES ('last_time', ?)
            ON CONFLICT DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))
            """
        try self.run(sql) {
            try $0.bind(time)
            try $0.finish()
        }
    }

    func run(_ sql: String, _ texts: String...) throws {
        try self.run(sql) {
            for text in texts { try $0.bind(text) }
            try $0.finish()
        }
    }

    private func put(_ credential: StoredCredential) throws {
        try self.run("INSERT OR REPLACE INTO credentials VALUES (?, ?, ?, ?, ?, ?)") {
            try $0.bind(credential.kind.rawValue)
            try $0.bind(credential.key)
            try $0.bind(credential.user.rawValue)
            try $0.bind(credential.content)
            try $0.bind(credential.createdAt)
            try $0.bind(credential.expiresAt)
            try $0.finish()
        }
    }

    private func put(_ registration: StoredRegistration) throws {
        try self.run("INSERT OR REPLACE INTO registrations VALUES (?, ?, ?)") {
            try $0.bind(registration.kind.rawValue)
            try $0.bind(registration.key)
            try $0.bind(registration.content)
            try $0.finish()
        }
    }

    private func setRecord(_ record: [UInt8]?, of channel: ChannelName) throws {
        guard let record else { return try self.run("DELETE FROM records WHERE channel = ?", channel.rawValue) }
        // An update in place leaves the index on the name alone; REPLACE would write it twice.
        let sql = "INSERT INTO records VALUES (?, ?) ON CONFLICT (channel) DO UPDATE SET record = excluded.record"
        try self.run(sql) {
            try $0.bind(channel.rawValue)
            try $0.bind(record)
            try $0.finish()
        }
    }

    /// A wait is due when its first item said, and keeps the payload of the last. Nothing is counted for one that
    /// has ended and is still remembered; a forgotten one begins anew.
    private func addItem(_ item: String, to wait: WaitKey, data: [UInt8], due: Timestamp, now: Timestamp) throws {
        let existing = try self.run("SELECT id, forget_at FROM waits WHERE event = ? AND wait_key = ?") {
            run -> (id: Int64, forgetAt: Timestamp?)? in
            try run.bind(wait.event)
            try run.bind(wait.key)
            guard try run.step() else { return nil }
            return (run.integer(0), run.isNull(1) ? nil : run.time(1))
        }
        if let forgetAt = existing?.forgetAt, forgetAt > now { return }
        let sql = """
            INSERT INTO waits (event, wait_key, data, due) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET
                data = excluded.data, due = iif(forget_at IS NULL, due, excluded.due), forget_at = NULL
            RETURNING id
            """
        let id = try self.run(sql) {
            try $0.bind(wait.event)
            try $0.bind(wait.key)
            try $0.bind(data)
            try $0.bind(due)
            _ = try $0.step()
            let id = $0.integer(0)
            try $0.finish()
            return id
        }
        try self.run("INSERT OR IGNORE INTO wait_items VALUES (?, ?)") {
            try $0.bind(id)
            try $0.bind(item)
            try $0.finish()
        }
    }

    /// A wait that nobody began is remembered too. What it held is let go: only its name and its end are still
    /// needed, and `due` is from now on when it may be forgotten.
    private func end(_ wait: WaitKey, forgetAt: Timestamp) throws {
        let sql = """
            INSERT INTO waits (event, wait_key, data, due, forget_at) VALUES (?1, ?2, x'', ?3, ?3)
            ON CONFLICT DO UPDATE SET data = x'', due = excluded.due, forget_at = excluded.forget_at
            RETURNING id
            """
        let id = try self.run(sql) {
            try $0.bind(wait.event)
            try $0.bind(wait.key)
            try $0.bind(forgetAt)
            _ = try $0.step()
            let id = $0.integer(0)
            try $0.finish()
            return id
        }
        try self.run("DELETE FROM wait_items WHERE wait = ?") {
            try $0.bind(id)
            try $0.finish()
        }
    }

    private func append(_ publication: StoredPublication, keep: Int, until: Timestamp) throws {
        let sql = """
            INSERT INTO channels (name, last_position) VALUES (?, 1)
            ON CONFLICT (name) DO UPDATE SET last_position = last_position + 1 RETURNING id, last_position
            """
        let (channel, position) = try self.run(sql) {
            try $0.bind(publication.channel.rawValue)
            _ = try $0.step()
            let numbers = ($0.integer(0), $0.integer(1))
            try $0.finish()
            return numbers
        }
        if keep > 0 {
            try self.run("INSERT INTO publications VALUES (?, ?, ?, ?, ?, ?, ?, ?)") {
                try $0.bind(channel)
                try $0.bind(position)
                try $0.bind(publication.id)
                try $0.bind(publication.event)
                try $0.bind(publication.time)
                try $0.bind(until)
                try $0.bind(publication.data)
                try $0.bind(publication.stamp)
                try $0.finish()
            }
        }
        let excess = position - Int64(max(0, keep))
        guard excess > 0 else { return }
        try self.run("DELETE FROM publications WHERE channel = ? AND position <= ?") {
            try $0.bind(channel)
            try $0.bind(excess)
            try $0.finish()
        }
    }
}
