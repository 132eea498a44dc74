// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import Realtime

/// Reads what was kept.
extension Database {
    /// Everything but history. Names that are no channel names, which only another program can have written, are left
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

    func history(of channel: ChannelName, after offset: UInt64, limit: Int, now: Timestamp) throws
        -> [StoredPublication]
    {
        let sql = """
            SELECT position, publications.id, event, time, data
            FROM channels JOIN publications ON publications.channel = channels.id
            WHERE name = ? AND position > ? AND until > ? ORDER BY position LIMIT ?
            """
        return try self.run(sql) {
            try $0.bind(channel.rawValue)
            try $0.bind(Int64(clamping: offset))
            try $0.bind(now)
            try $0.bind(Int64(limit))
            var found: [StoredPublication] = []
            while try $0.step() {
                found.append(
                    StoredPublication(
                        channel: channel, offset: UInt64(clamping: $0.integer(0)), id: $0.text(1), event: $0.text(2),
                        time: $0.time(3), data: $0.blob(4)))
            }
            return found
        }
    }
}
