// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Which channels are wanted and by how many, what the server has said of them, and from where each goes on after a loss.
///
/// A machine without I/O. The position from which a channel goes on is one up to which everything of that channel has come. Positions rise on a
/// connection, so that is the connection's newest, but for channels that are still being sent what they missed, which keep the
/// one that they asked with, and for those of which nothing can have come yet, which have none.
struct SubscriptionTable {
    /// How long after its confirmation a channel may still be getting what it missed, where nothing tells that all of it has come.
    static let settlingTime = TimeAmount.seconds(5)

    private enum Standing {
        /// Not confirmed on this connection.
        case asked
        case confirmed(at: NIODeadline)
        /// What it missed has come.
        case settled
    }

    private struct Entry {
        var count: Int
        var standing: Standing?
        /// What the server was told when the channel was asked for.
        var since: String?
        /// The connection's newest position when it was confirmed without one.
        var newestAtStart: String?
    }

    /// Whether `settle` says when what was missed has come; then no time does.
    private let isTold: Bool
    private var entries: [String: Entry] = [:]
    /// In the order in which they were first wanted.
    private var order: [String] = []
    private(set) var newest: String?

    init(isTold: Bool = false) { self.isTold = isTold }

    /// - Returns: whether the server has to be asked.
    mutating func want(_ channel: String) -> Bool {
        guard self.entries[channel] == nil else {
            self.entries[channel]?.count += 1
            return false
        }
        self.entries[channel] = Entry(count: 1)
        self.order.append(channel)
        return true
    }

    /// - Returns: whether nobody wants it any more, so that the server has to be told.
    mutating func release(_ channel: String) -> Bool {
        guard let count = self.entries[channel]?.count else { return false }
        guard count <= 1 else {
            self.entries[channel]?.count = count - 1
            return false
        }
        self.forget(channel)
        return true
    }

    /// The server has refused it, or ended it.
    mutating func forget(_ channel: String) {
        self.entries[channel] = nil
        self.order.removeAll { $0 == channel }
    }

    func isWanted(_ channel: String) -> Bool { self.entries[channel] != nil }

    /// The server was told from where it goes on.
    func isResumed(_ channel: String) -> Bool { self.entries[channel]?.since != nil }

    mutating func noted(position: String) { self.newest = position }

    /// The server is being asked for it.
    mutating func asked(_ channel: String) {
        self.entries[channel]?.standing = .asked
    }

    mutating func confirmed(_ channel: String, now: NIODeadline) {
        guard case .asked? = self.entries[channel]?.standing else { return }
        self.entries[channel]?.standing = .confirmed(at: now)
        self.entries[channel]?.newestAtStart = self.newest
    }

    /// Every channel that goes on from a place is confirmed, and of one at least it is not known that what it missed has come.
    var isSettling: Bool {
        var isSettling = false
        for entry in self.entries.values where entry.since != nil {
            switch entry.standing {
            case .asked: return false
            case .confirmed: isSettling = true
            case .settled, nil: break
            }
        }
        return isSettling
    }

    /// What the confirmed channels missed has come.
    mutating func settle() {
        for (channel, entry) in self.entries where entry.since != nil {
            if case .confirmed? = entry.standing { self.entries[channel]?.standing = .settled }
        }
    }

    /// The connection is lost: from where each channel goes on is settled.
    mutating func lost(now: NIODeadline) {
        for (channel, entry) in self.entries {
            let since = self.next(entry, now: now)
            self.entries[channel]?.since = since
            self.entries[channel]?.standing = nil
        }
    }

    private func next(_ entry: Entry, now: NIODeadline) -> String? {
        let start: NIODeadline
        switch entry.standing {
        case .settled?: return self.newest
        case .confirmed(let time)?: start = time
        case .asked?, nil: return entry.since
        }
        if entry.since != nil, self.isTold || now - start < Self.settlingTime { return entry.since }
        // Older than the subscription: what came before it was never wanted.
        if entry.since == nil, self.newest == entry.newestAtStart { return nil }
        return self.newest
    }

    /// What to ask for on a new connection: channels in their order, those that go on from the same place together.
    ///
    /// - Parameter limit: channels in one request.
    func requests(limit: Int) -> [(channels: [String], since: String?)] {
        var requests: [(channels: [String], since: String?)] = []
        var places: [String?: Int] = [:]
        for channel in self.order {
            let since = self.entries[channel]?.since
            if let place = places[since], requests[place].channels.count < limit {
                requests[place].channels.append(channel)
            } else {
                places[since] = requests.count
                requests.append(([channel], since))
            }
        }
        return requests
    }
}
