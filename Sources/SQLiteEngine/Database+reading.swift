// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Realtime

/// Reads what was kept.
extension Database {
    /// Everything but history and inboxes. Names that are no channel names, which only another program can have written, are left
    /// out and counted. An ended wait is due when it may be forgotten.
    func loadState(now: Timestamp) throws -> (state: EngineState, skipped: Int) {
        var state = EngineState()
        var skipped = 0
        func channel(_ name: String) -> ChannelName? {
            let channel = ChannelName(name)
            if channel == nil { skipped += 1 }
            return channel
        }
        try self.run("SELECT channel, user FROM members ORDER BY channel, user") {
            while try $0.step() {
                guard let channel = channel($0.text(0)) else { continue }
                state.members[channel, default: []].append(UserID($0.text(1)))
            }
        }
        try self.run("SELECT channel, parent FROM member_links") {
            while try $0.step() {
                guard let channel = channel($0.text(0)), let parent = ChannelName($0.text(1)) else { continue }
                state.links[channel] = parent
            }
        }
        try self.run("SELECT channel, record FROM records") {
            while try $0.step() {
                guard let channel = channel($0.text(0)) else { continue }
                state.records[channel] = $0.blob(1)
            }
        }
        state.waits = try self.loadWaits(now: now)
        state.credentials = try self.loadCredentials(now: now)
        state.registrations = try self.loadRegistrations()
        (state.webhookSequence, state.webhookCounts) = (try self.webhookSequence(), try self.webhookCounts())
        state.lastTime = try self.run("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'last_time'") {
            try $0.step() ? $0.time(0) : nil
        }
        return (state, skipped)
    }

    /// In the order in which they are due.
    private func loadWaits(now: Timestamp) throws -> [EngineState.Wait] {
        var items: [Int64: [String]] = [:]
        try self.run("SELECT wait, item FROM wait_items ORDER BY wait, item") {
            while try $0.step() { items[$0.integer(0), default: []].append($0.text(1)) }
        }
        let sql = """
            SELECT id, event, wait_key, data, due, forget_at FROM waits
            WHERE forget_at IS NULL OR forget_at > ? ORDER BY due, id
            """
        return try self.run(sql) {
            try $0.bind(now)
            var waits: [EngineState.Wait] = []
            while try $0.step() {
                waits.append(
                    EngineState.Wait(
                        key: WaitKey(event: $0.text(1), key: $0.text(2)), items: items[$0.integer(0)] ?? [],
                        data: $0.blob(3), due: $0.time(4), hasEnded: !$0.isNull(5)))
            }
            return waits
        }
    }

    /// One of a kind that only a newer version knows is left out.
    private func loadCredentials(now: Timestamp) throws -> [StoredCredential] {
        let sql = """
            SELECT kind, credential_key, user, content, created_at, expires_at FROM credentials
            WHERE expires_at > ? ORDER BY expires_at
            """
        return try self.run(sql) {
            try $0.bind(now)
            var credentials: [StoredCredential] = []
            while try $0.step() {
                guard let kind = StoredCredential.Kind(rawValue: $0.text(0)) else { continue }
                credentials.append(
                    StoredCredential(
                        kind: kind, key: $0.text(1), user: UserID($0.text(2)), content: $0.blob(3),
                        createdAt: $0.time(4), expiresAt: $0.time(5)))
            }
            return credentials
        }
    }

    /// One of a kind that only a newer version knows is left out.
    private func loadRegistrations() throws -> [StoredRegistration] {
        try self.run("SELECT kind, registration_key, content FROM registrations") {
            var registrations: [StoredRegistration] = []
            while try $0.step() {
                guard let kind = StoredRegistration.Kind(rawValue: $0.text(0)) else { continue }
                registrations.append(StoredRegistration(kind: kind, key: $0.text(1), content: $0.blob(2)))
            }
            return registrations
        }
    }

    /// Oldest first.
    func history(of channel: ChannelName, after offset: UInt64, limit: Int, now: Timestamp) throws
        -> [StoredPublication]
    {
        let sql = """
            SELECT publications.id, stamp, event, time, data, position
            FROM channels JOIN publications ON publications.channel = channels.id
            WHERE name = ? AND position > ? AND until > ? ORDER BY position LIMIT ?
            """
        return try self.run(sql) {
            try $0.bind(channel.rawValue)
            try $0.bind(Int64(clamping: offset))
            try $0.bind(now)
            try $0.bind(Int64(limit))
            return try $0.publications(of: channel)
        }
    }

    /// The newest, oldest of them first.
    func newestHistory(of channel: ChannelName, limit: Int, now: Timestamp) throws -> [StoredPublication] {
        let sql = """
            SELECT publications.id, stamp, event, time, data, position
            FROM channels JOIN publications ON publications.channel = channels.id
            WHERE name = ? AND until > ? ORDER BY position DESC LIMIT ?
            """
        return try self.run(sql) {
            try $0.bind(channel.rawValue)
            try $0.bind(now)
            try $0.bind(Int64(limit))
            return try $0.publications(of: channel).reversed()
        }
    }
}

extension StatementRun {
    fileprivate func publications(of channel: ChannelName) throws -> [StoredPublication] {
        var found: [StoredPublication] = []
        while try self.step() { found.append(self.publication(of: channel, offset: UInt64(clamping: self.integer(5)))) }
        return found
    }

    /// Of a row that begins with id, stamp, event, time and data.
    func publication(of channel: ChannelName, offset: UInt64) -> StoredPublication {
        StoredPublication(
            channel: channel, offset: offset, id: self.text(0), position: self.isNull(1) ? nil : self.text(1),
            event: self.text(2), time: self.time(3), data: self.blob(4))
    }
}

extension StoredPublication {
    /// The position as it is kept: not at all where it is the id.
    var stamp: String? { self.position == self.id ? nil : self.position }
}
