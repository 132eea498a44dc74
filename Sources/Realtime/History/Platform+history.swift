// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

extension Platform {
    /// Fetches a durable channel's history into memory, unless it is there.
    ///
    /// - Parameter completion: runs exactly once, on any thread, whether it could be fetched or not.
    func fetchHistory(of channel: ChannelName, rules: ChannelRules.History, completion: @escaping @Sendable () -> Void)
    {
        guard rules.isDurable, self.withHistories({ $0.beginFetching(channel) }) else {
            // Somebody fetches it already, or it is in memory only.
            return self.afterFetching(channel, triesLeft: Self.fetchingTries, completion: completion)
        }
        self.engine.newestHistory(of: channel, limit: rules.count) { result in
            let now = self.clock.now()
            let history = try? result.get()
            self.withHistories { table in
                table.endFetching(channel, history.map { ChannelHistory(stored: $0, rules: rules, now: now) })
            }
            completion()
        }
    }

    private static let fetchingTries = 200
    private static let fetchingInterval: TimeAmount = .milliseconds(5)

    /// Waits until whoever fetches the history is done, for a second at most.
    private func afterFetching(_ channel: ChannelName, triesLeft: Int, completion: @escaping @Sendable () -> Void) {
        guard triesLeft > 0, self.withHistories({ $0.isFetching(channel) }), let loop = self.eventLoops.first else {
            return completion()
        }
        loop.scheduleTask(in: Self.fetchingInterval) {
            self.afterFetching(channel, triesLeft: triesLeft - 1, completion: completion)
        }
    }

    /// The newest kept publications of a channel, oldest first, and whether the channel keeps any that are older.
    ///
    /// - Parameter completion: runs exactly once, on any thread.
    package func newestHistory(
        of match: PlatformDefinition.Match,
        completion: @escaping @Sendable (Result<[StoredPublication], RequestError>) -> Void
    ) {
        guard let rules = match.rules.history else { return completion(.success([])) }
        let now = self.clock.now()
        if case .resident(let history) = self.withHistories({ $0.read(match.name, rules: rules, now: now) }) {
            return completion(.success(Array(history.publications)))
        }
        self.engine.newestHistory(of: match.name, limit: rules.count, completion: completion)
    }
}

extension ChannelHistory {
    /// From what the store has: everything since its oldest, and since whatever was too old by now.
    fileprivate init(stored: [StoredPublication], rules: ChannelRules.History, now: Timestamp) {
        let (oldest, overflows) = now.milliseconds.subtractingReportingOverflow(rules.age)
        let aged = Stamp(time: Timestamp(milliseconds: overflows ? 0 : max(0, oldest)), sequence: 0, node: 0).id
        let floor: String
        if let first = stored.first, first.offset == 1 {
            floor = ""
        } else if let first = stored.first {
            // Trimmed by number what lies before the first; by age only what is older than that.
            floor = stored.count >= rules.count ? first.position : min(first.position, aged)
        } else {
            floor = aged
        }
        self.init(stored, floor: floor, rules: rules)
    }
}
