// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Puts together what several channels hold for one user: in order, each once, no more than was asked for.
///
/// Narrows with what it has: once it is full, only what comes before its end is of interest.
struct InboxPage {
    struct Entry: Hashable {
        /// In milliseconds.
        var time: Int64
        var notification: Int64
    }

    let limit: Int
    /// The newest are wanted, and are gathered from the newest on.
    let isNewestFirst: Bool
    /// Times that are of interest, both included; none when `first` is above `last`.
    private(set) var first: Int64
    private(set) var last = Int64.max
    private var entries: [Entry] = []

    /// - Parameter after: before the end of time.
    init(after: Timestamp?, limit: Int) {
        self.limit = limit
        self.isNewestFirst = after == nil
        self.first = after.map { $0.milliseconds + 1 } ?? .min
    }

    /// - Parameter found: at most `limit`, in the page's order.
    mutating func add(_ found: [Entry]) {
        if found.isEmpty { return }
        if self.entries.isEmpty {
            self.entries = found
        } else {
            self.merge(found)
        }
        guard self.entries.count >= self.limit, let end = self.entries.last else { return }
        if self.isNewestFirst { self.first = end.time } else { self.last = end.time }
    }

    private mutating func merge(_ found: [Entry]) {
        var merged: [Entry] = []
        var (own, other) = (self.entries[...], found[...])
        while merged.count < self.limit {
            let next: Entry?
            if let a = own.first, let b = other.first {
                next = a == b || self.isInOrder(a, b) ? own.popFirst() : other.popFirst()
            } else {
                next = own.popFirst() ?? other.popFirst()
            }
            guard let next else { break }
            if merged.last != next { merged.append(next) }
        }
        self.entries = merged
    }

    private func isInOrder(_ a: Entry, _ b: Entry) -> Bool {
        let isEarlier = (a.time, a.notification) < (b.time, b.notification)
        return isEarlier != self.isNewestFirst
    }

    /// In the order of their times.
    var notifications: [Int64] {
        let numbers = self.entries.map(\.notification)
        return self.isNewestFirst ? numbers.reversed() : numbers
    }
}
