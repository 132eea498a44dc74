// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The newest publications of one channel, in memory, and from where on they are all of them.
struct ChannelHistory: Sendable {
    /// Oldest first. Positions rise.
    private(set) var publications: ArraySlice<StoredPublication>
    /// Nothing that came after this position is missing; what came before may be.
    private(set) var floor: String
    private(set) var byteCount: Int
    let rules: ChannelRules.History

    init(_ publications: [StoredPublication], floor: String, rules: ChannelRules.History) {
        self.publications = publications[...]
        self.floor = floor
        self.rules = rules
        self.byteCount = publications.reduce(0) { $0 + $1.memoryByteCount }
    }

    mutating func append(_ publication: StoredPublication) {
        self.publications.append(publication)
        self.byteCount += publication.memoryByteCount
        while self.publications.count > self.rules.count { self.dropFirst() }
    }

    /// Forgets what is too old. By its position, as a publisher may have given it any time.
    mutating func expire(now: Timestamp) {
        let (oldest, overflows) = now.milliseconds.subtractingReportingOverflow(self.rules.age)
        guard !overflows, oldest > 0 else { return }
        let position = Stamp(time: Timestamp(milliseconds: oldest), sequence: 0, node: 0).id
        while let first = self.publications.first, first.position <= position { self.dropFirst() }
    }

    private mutating func dropFirst() {
        guard let first = self.publications.popFirst() else { return }
        self.byteCount -= first.memoryByteCount
        if first.position > self.floor { self.floor = first.position }
        // A slice keeps the memory of what it no longer shows.
        if self.publications.startIndex > self.publications.count + 16 {
            self.publications = ArraySlice(Array(self.publications))
        }
    }

    /// What came after a position, and whether that is everything that did.
    func after(_ position: String) -> (publications: ArraySlice<StoredPublication>, isComplete: Bool) {
        let start = self.publications.lastIndex { $0.position <= position }.map { $0 + 1 }
        let rest = self.publications[(start ?? self.publications.startIndex)...]
        return (rest, position >= self.floor)
    }
}

extension StoredPublication {
    /// What it takes in memory, roughly.
    var memoryByteCount: Int { 160 + self.data.count }
}
