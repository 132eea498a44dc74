// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// A publication that passed every check: where it goes and what has to be kept before anybody hears of it.
struct PreparedPublication: Sendable {
    var event: String
    var data: JSONNode
    /// `nil`, as for `time`: given when the publication gets its place.
    var id: String?
    var time: Timestamp?
    var channels: [PlatformDefinition.Match]
    /// Changes of members and waits. Those of records and history depend on the publication's place and are made there.
    var changes: [StateChange] = []
    var records: [(channel: ChannelName, change: RecordTable.Change)] = []

    /// How long it stays in the inbox of each channel's audience, in milliseconds; `nil`: it does not.
    var inboxAge: Int64?
    /// In no history, whatever its channels say.
    var isEphemeral = false
    /// This user's connections do not get it.
    var except: UserID?
    /// It ends by itself after a while.
    var expires = false
    /// See ``EventType/endsConnectionsAfter``.
    var endsConnectionsAfter: Int64?
    /// See ``EventType/derived``.
    var derived: [DerivedEvent] = []
    /// Given when it took its place among the commits.
    var stamp: Stamp?

    /// Its channels that keep a history, which takes it in.
    var historyChannels: some Sequence<(name: ChannelName, rules: ChannelRules.History)> {
        self.channels.lazy.compactMap { match in
            guard !self.isEphemeral, let history = match.rules.history else { return nil }
            return (name: match.name, rules: history)
        }
    }

    /// Clients that ask for positions get one with it.
    var hasPosition: Bool { !self.isEphemeral && self.channels.contains { $0.rules.isRecoverable } }

    /// Its id and time are kept with it.
    var keepsStamp: Bool {
        self.inboxAge != nil || self.hasPosition || self.historyChannels.contains { _ in true }
    }

    /// It has to be kept in the store before it may be delivered and answered.
    var isDurable: Bool {
        !self.changes.isEmpty || !self.records.isEmpty || self.inboxAge != nil
            || self.historyChannels.contains { $0.rules.isDurable }
    }

    /// By channel; empty where no channel conflates. A publication without the field has none, and replaces no other.
    var conflationKeys: [UInt64?] {
        guard self.channels.contains(where: { $0.rules.slow.conflationPath != nil }) else { return [] }
        return self.channels.map { match in
            guard let path = match.rules.slow.conflationPath else { return nil }
            var value: JSONNode? = self.data
            for name in path { value = value?[name] }
            guard let value else { return nil }
            var hasher = Hasher()
            value.rawBytes.withUnsafeBytes { hasher.combine(bytes: $0) }
            return UInt64(bitPattern: Int64(hasher.finalize()))
        }
    }

    /// See ``Delivery/wildcards``.
    var wildcards: [(index: Int, names: [ChannelName])] {
        guard self.channels.count > 1 else { return [] }
        return self.channels.indices.compactMap { index in
            guard self.channels[index].rules.wildcard != nil, self.channels[index].isWildcard else { return nil }
            let all = self.channels[index]
            let names = self.channels.filter { $0.name != all.name && $0.rules.wildcard == all.name }.map(\.name)
            return names.isEmpty ? nil : (index, names)
        }
    }

    var channelNames: [ChannelName] { self.channels.map(\.name) }

    /// Its channels, where each belongs to one user; `nil`: others may hear it as well.
    var userChannels: [ChannelName]? {
        let areUsers = self.channels.allSatisfy { match in
            match.rules.subscribe.allSatisfy { if case .user = $0.kind { true } else { false } }
        }
        return areUsers ? self.channelNames : nil
    }

    /// As it is kept. What it gets with its place is filled in then, where it has none.
    func stored(in channel: ChannelName) -> StoredPublication {
        StoredPublication(
            channel: channel, offset: 0, id: self.id ?? "", position: self.stamp?.id ?? "", event: self.event,
            time: self.time ?? .unknown, data: Array(self.data.rawBytes))
    }
}
