// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A part of what a channel keeps.
struct HistoryPage {
    var publications: ArraySlice<StoredPublication>
    /// Nothing lies between the publication that the request starts or ends at and the page, nor is it missing.
    var isComplete: Bool

    /// - Parameters:
    ///   - kept: oldest first.
    ///   - before: the id of a publication; only those before it, the newest of them.
    ///   - since: the id of a publication; only those after it, the oldest of them.
    init(_ kept: [StoredPublication], before: String?, since: String?, limit: Int) {
        var rest = kept[...]
        self.isComplete = true
        if let before, !before.isEmpty {
            if let index = rest.firstIndex(where: { $0.id == before || $0.position == before }) {
                rest = rest[..<index]
            } else {
                self.isComplete = false
                rest = []
            }
        }
        guard let since, !since.isEmpty else {
            self.publications = rest.suffix(limit)
            return
        }
        if let index = rest.lastIndex(where: { $0.id == since || $0.position == since }) {
            rest = rest[(index + 1)...]
        } else {
            self.isComplete = false
        }
        self.isComplete = self.isComplete && rest.count <= limit
        self.publications = rest.prefix(limit)
    }
}
