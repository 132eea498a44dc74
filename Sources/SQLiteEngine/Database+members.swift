// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Realtime

/// Who belongs to which channel, and who did: an inbox shows what came while its user belonged.
extension Database {
    /// Those who belong to the channel already go on as before.
    func addMembers(_ users: [UserID], to channel: ChannelName, at time: Timestamp) throws {
        for user in users {
            try self.run("INSERT OR IGNORE INTO members VALUES (?, ?, ?)") {
                try $0.bind(channel.rawValue)
                try $0.bind(user.rawValue)
                try $0.bind(time)
                try $0.finish()
            }
        }
    }

    func removeMembers(_ users: some Collection<UserID>, from channel: ChannelName, at time: Timestamp) throws {
        if users.isEmpty { return }
        let isRemembered = try self.mayHaveInbox(channel)
        for user in users {
            let since = try self.run("DELETE FROM members WHERE channel = ? AND user = ? RETURNING since") {
                run -> Timestamp? in
                try run.bind(channel.rawValue)
                try run.bind(user.rawValue)
                guard try run.step() else { return nil }
                let since = run.time(0)
                try run.finish()
                return since
            }
            guard isRemembered, let since, since < time else { continue }
            try self.run("INSERT OR REPLACE INTO former_members VALUES (?, ?, ?, ?)") {
                try $0.bind(user.rawValue)
                try $0.bind(channel.rawValue)
                try $0.bind(since)
                try $0.bind(time)
                try $0.finish()
            }
        }
    }

    /// Those who stay keep the time since when they belong to the channel.
    func setMembers(_ users: [UserID], of channel: ChannelName, at time: Timestamp) throws {
        let present = try self.run("SELECT user FROM members WHERE channel = ?") {
            try $0.bind(channel.rawValue)
            var users: [UserID] = []
            while try $0.step() { users.append(UserID($0.text(0))) }
            return users
        }
        let staying = Set(users)
        try self.removeMembers(present.filter { !staying.contains($0) }, from: channel, at: time)
        try self.run("DELETE FROM member_links WHERE channel = ?", channel.rawValue)
        try self.addMembers(users, to: channel, at: time)
    }

    func linkMembers(of channel: ChannelName, to parent: ChannelName, at time: Timestamp) throws {
        let sql = """
            INSERT INTO member_links VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
                parent = excluded.parent, since = iif(parent = excluded.parent, since, excluded.since)
            """
        try self.run(sql) {
            try $0.bind(channel.rawValue)
            try $0.bind(parent.rawValue)
            try $0.bind(time)
            try $0.finish()
        }
    }

    /// Whether anything was kept for the channel's members, or may have been for those of a channel that shares them.
    /// Where nothing was, nobody needs to know later who belonged to it.
    private func mayHaveInbox(_ channel: ChannelName) throws -> Bool {
        let sql = """
            SELECT EXISTS (SELECT 1 FROM inbox_channels WHERE name = ?1)
                OR EXISTS (SELECT 1 FROM member_links WHERE parent = ?1)
            """
        return try self.run(sql) {
            try $0.bind(channel.rawValue)
            return try $0.step() && $0.integer(0) != 0
        }
    }
}
