// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The items with the smallest keys among any number that are offered, in order: one page of a listing, without
/// sorting what is not on it.
struct FirstItems<Key: Comparable & Sendable, Item: Sendable>: Sendable {
    private let limit: Int
    private var entries: [(key: Key, item: Item)] = []

    /// - Parameter limit: at least 0.
    init(limit: Int) { self.limit = limit }

    /// - Parameter item: only asked for when it is among the first for now.
    mutating func offer(_ key: Key, _ item: @autoclosure () -> Item) {
        if self.entries.count >= self.limit {
            guard let last = self.entries.last, key < last.key else { return }
            self.entries.removeLast()
        }
        self.entries.insert((key, item()), at: self.firstIndex(above: key))
    }

    mutating func offer(contentsOf other: Self) {
        for entry in other.entries { self.offer(entry.key, entry.item) }
    }

    /// The first items; and the key of the last one when there are more.
    func page(of count: Int) -> (items: [Item], next: Key?) {
        let items = self.entries.prefix(count)
        return (items.map(\.item), self.entries.count > count ? items.last?.key : nil)
    }

    private func firstIndex(above key: Key) -> Int {
        var (low, high) = (0, self.entries.count)
        while low < high {
            let middle = (low + high) / 2
            if self.entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
