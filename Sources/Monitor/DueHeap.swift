// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// What is due when, earliest first: a binary heap.
///
/// An entry cannot be taken out again. Its owner finds out, when it comes due, whether it still means anything.
struct DueHeap<Element> {
    private var entries: [(due: NIODeadline, element: Element)] = []

    var count: Int { self.entries.count }

    var earliest: NIODeadline? { self.entries.first?.due }

    mutating func add(_ element: Element, at due: NIODeadline) {
        self.entries.append((due, element))
        var child = self.entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.entries[child].due < self.entries[parent].due else { return }
            self.entries.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes all others out.
    mutating func keep(where isKept: (Element) -> Bool) {
        // What is sorted is a heap.
        self.entries = self.entries.filter { isKept($0.element) }.sorted { $0.due < $1.due }
    }

    /// The earliest, if it is due.
    mutating func popDue(at now: NIODeadline) -> Element? {
        guard let first = self.entries.first, first.due <= now, let last = self.entries.popLast() else { return nil }
        guard !self.entries.isEmpty else { return first.element }
        self.entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < self.entries.count && self.entries[child].due < self.entries[least].due {
                least = child
            }
            guard least != parent else { return first.element }
            self.entries.swapAt(parent, least)
            parent = least
        }
    }
}
