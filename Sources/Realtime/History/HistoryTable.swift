// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The histories that are in memory: those of channels that are kept nowhere else, and those of durable channels that
/// somebody asked for lately. Part of the ``Sequencer``: a publication enters its history in the moment it gets its place.
struct HistoryTable: ~Copyable {
    /// What reading a channel's history comes to.
    enum Reading {
        case resident(ChannelHistory)
        /// It has to be fetched from the store first.
        case absent
    }

    private struct Entry {
        var history: ChannelHistory
        var lastUse: UInt64
    }

    /// Bytes that histories may take; past them, those not used for longest go.
    private let maximumByteCount: Int
    private var entries: [ChannelName: Entry] = [:]
    /// Durable channels that are being fetched, and what was published there meanwhile.
    private var fetching: [ChannelName: [StoredPublication]] = [:]
    /// Those of them whose fetch began before the rules changed.
    private var outdated: Set<ChannelName> = []
    private var byteCount = 0
    private var useCount: UInt64 = 0
    /// Below it nothing is known of channels that only memory keeps.
    private var floor: String

    /// - Parameter start: a position before the first publication of this process.
    init(start: String, maximumByteCount: Int = 64 * 1024 * 1024) {
        self.floor = start
        self.maximumByteCount = maximumByteCount
    }

    mutating func append(_ publication: StoredPublication, rules: ChannelRules.History) {
        let channel = publication.channel
        if self.fetching[channel] != nil { self.fetching[channel]?.append(publication) }
        if self.entries[channel] == nil {
            guard !rules.isDurable else { return }
            self.insert(ChannelHistory([], floor: self.floor, rules: rules), of: channel)
        }
        self.update(channel) { $0.append(publication) }
        self.evict(sparing: channel)
    }

    mutating func read(_ channel: ChannelName, rules: ChannelRules.History, now: Timestamp) -> Reading {
        // Of a publication that was under way when the rules changed.
        if let entry = self.entries[channel], entry.history.rules != rules { self.forget(channel, entry) }
        if self.entries[channel] == nil {
            guard !rules.isDurable else { return .absent }
            return .resident(ChannelHistory([], floor: self.floor, rules: rules))
        }
        self.update(channel) { $0.expire(now: now) }
        return self.entries[channel].map { .resident($0.history) } ?? .absent
    }

    /// Begins to fetch a channel's history.
    ///
    /// - Returns: `false` when somebody does already.
    mutating func beginFetching(_ channel: ChannelName) -> Bool {
        guard self.fetching[channel] == nil else { return false }
        self.fetching[channel] = []
        return true
    }

    func isFetching(_ channel: ChannelName) -> Bool { self.fetching[channel] != nil }

    /// Takes over what was fetched, with what came meanwhile behind it; `nil`: it could not be.
    mutating func endFetching(_ channel: ChannelName, _ fetched: ChannelHistory?) {
        let meanwhile = self.fetching.removeValue(forKey: channel) ?? []
        guard self.outdated.remove(channel) == nil, var history = fetched else { return }
        let last = history.publications.last?.position ?? ""
        for publication in meanwhile where publication.position > last { history.append(publication) }
        self.remove(channel)
        self.insert(history, of: channel)
        self.evict(sparing: channel)
    }

    /// Forgets what was kept under other rules than channels have now. What is being fetched is not taken over.
    ///
    /// - Parameter rules: those of a channel; `nil`: it keeps no history.
    mutating func adopt(_ rules: (ChannelName) -> ChannelRules.History?) {
        for (name, entry) in self.entries {
            let (old, new) = (entry.history.rules, rules(name))
            guard old != new else { continue }
            if let new, !old.isDurable, !new.isDurable {
                // Nothing else has them: as many as the new rules want are kept.
                var history = ChannelHistory([], floor: entry.history.floor, rules: new)
                for publication in entry.history.publications { history.append(publication) }
                self.remove(name)
                self.insert(history, of: name)
            } else {
                self.forget(name, entry)
            }
        }
        self.outdated.formUnion(self.fetching.keys)
    }

    /// Nothing is known of what came before, in channels that only memory keeps and that have none.
    mutating func raiseFloor(to position: String) { self.floor = max(self.floor, position) }

    /// Lets go of a history; of one that only memory keeps, what it had counts as missing from then on.
    private mutating func forget(_ channel: ChannelName, _ entry: Entry) {
        if !entry.history.rules.isDurable, let last = entry.history.publications.last {
            self.floor = max(self.floor, last.position)
        }
        self.remove(channel)
    }

    private mutating func insert(_ history: ChannelHistory, of channel: ChannelName) {
        self.useCount += 1
        self.entries[channel] = Entry(history: history, lastUse: self.useCount)
        self.byteCount += history.byteCount + Self.entryByteCount
    }

    private mutating func remove(_ channel: ChannelName) {
        guard let entry = self.entries.removeValue(forKey: channel) else { return }
        self.byteCount -= entry.history.byteCount + Self.entryByteCount
    }

    private mutating func update(_ channel: ChannelName, _ change: (inout ChannelHistory) -> Void) {
        guard var entry = self.entries.removeValue(forKey: channel) else { return }
        self.useCount += 1
        entry.lastUse = self.useCount
        let before = entry.history.byteCount
        change(&entry.history)
        self.byteCount += entry.history.byteCount - before
        self.entries[channel] = entry
    }

    /// Forgets a quarter of the histories, those not used for longest, so that looking for them is rare.
    private mutating func evict(sparing channel: ChannelName) {
        guard self.byteCount > self.maximumByteCount, self.entries.count > 1 else { return }
        let byAge = self.entries.sorted { $0.value.lastUse < $1.value.lastUse }
        for (name, entry) in byAge.prefix(max(1, byAge.count / 4)) where name != channel {
            self.forget(name, entry)
        }
    }

    private static let entryByteCount = 256
}
