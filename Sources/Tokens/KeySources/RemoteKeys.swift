// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keys at an address: when they are fetched, who waits for it, and which are in force.
///
/// Keys once fetched stay in force until a later fetch brings others: an issuer that is down, or answers with something
/// else than usable keys, takes nobody's login away. Threads: any.
final class RemoteKeys: Sendable {
    /// Shortest time between two fetches that tokens ask for, in seconds: a stranger who invents key
    /// names makes us ask the issuer no more often.
    static let leastSecondsBetweenFetches: Int64 = 10
    /// What that time grows to, doubling, while fetches fail: asking an issuer that is down takes as long as the
    /// fetcher's deadline and brings nothing.
    static let mostSecondsBetweenFetches: Int64 = 60
    /// Most callers waiting for one fetch; the next is told at once that there is nothing new.
    static let maximumWaiting = 4096

    private struct State {
        var keys: [TokenKey] = []
        /// In seconds since 1970, when the last fetch began.
        var fetchedAt: Int64?
        var secondsBetweenFetches = RemoteKeys.leastSecondsBetweenFetches
        var hasFailed = false
        var isFetching = false
        var waiting: [@Sendable (Bool) -> Void] = []

        // A present before the last fetch means that the clock was set back: that is not too soon.
        func isTooSoon(_ now: Int64) -> Bool {
            guard let last = self.fetchedAt else { return false }
            return now >= last && now - last < self.secondsBetweenFetches
        }

        /// One failure changes nothing; from the second in a row on, the time doubles.
        mutating func ended(isGood: Bool) {
            self.secondsBetweenFetches =
                isGood || !self.hasFailed
                ? RemoteKeys.leastSecondsBetweenFetches
                : min(self.secondsBetweenFetches * 2, RemoteKeys.mostSecondsBetweenFetches)
            self.hasFailed = !isGood
        }
    }

    private enum Decision {
        case fetch
        case wait
        case refuse
    }

    let address: KeyAddress
    let interval: Duration
    private let fetcher: any KeyFetcher
    private let report: @Sendable (KeyFault) -> Void
    private let state = Mutex(State())

    init(
        address: KeyAddress, interval: Duration, fetcher: any KeyFetcher,
        report: @escaping @Sendable (KeyFault) -> Void
    ) {
        self.address = address
        self.interval = interval
        self.fetcher = fetcher
        self.report = report
    }

    /// The last good ones; empty before the first.
    var keys: [TokenKey] { self.state.withLock { $0.keys } }

    /// Fetches, or joins the fetch that is under way.
    ///
    /// - Parameters:
    ///   - isScheduled: true for the regular fetch, which the shortest time does not hold back.
    ///   - loaded: runs before anybody who waits is told, when there are new keys.
    ///   - completion: gets whether a fetch that ended after this call brought good keys.
    func fetch(
        now: Int64, isScheduled: Bool, loaded: @escaping @Sendable () -> Void,
        completion: @escaping @Sendable (Bool) -> Void
    ) {
        let decision = self.state.withLock { state -> Decision in
            if state.isFetching {
                guard state.waiting.count < Self.maximumWaiting else { return .refuse }
                state.waiting.append(completion)
                return .wait
            }
            if !isScheduled, state.isTooSoon(now) { return .refuse }
            state.isFetching = true
            state.fetchedAt = now
            state.waiting.append(completion)
            return .fetch
        }
        switch decision {
        case .wait: return
        case .refuse: completion(false)
        case .fetch: self.fetcher.fetch(self.address.text) { self.finish($0, loaded: loaded) }
        }
    }

    private func finish(_ result: Result<[UInt8], KeyFault>, loaded: @Sendable () -> Void) {
        var keys: [TokenKey]?
        do throws(KeyFault) {
            keys = try JSONWebKeys(parsing: result.get(), allowsSecrets: false).keys
        } catch {
            self.report(error.found(in: self.address.nameForLog))
        }
        if let keys {
            self.state.withLock { $0.keys = keys }
            loaded()
        }
        let waiting = self.state.withLock { state in
            state.ended(isGood: keys != nil)
            state.isFetching = false
            let waiting = state.waiting
            state.waiting = []
            return waiting
        }
        for completion in waiting { completion(keys != nil) }
    }
}
