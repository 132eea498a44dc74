// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// All keys of a platform, from all its sources, as they are at the moment.
///
/// Readers get an immutable set under a lock held for one reference count; whoever brings new keys puts a new set
/// in its place. Threads: any.
package final class KeyRing: Sendable {
    /// Pause after a first failed fetch; doubled with each further one, up to the address's interval.
    private static let firstRetry = Duration.seconds(10)

    private let fixed: [TokenKey]
    private let files: [KeyFile]
    private let addresses: [RemoteKeys]
    private let report: @Sendable (KeyFault) -> Void
    private let current: Mutex<KeySet>

    /// What the caller should show, or refuse in production: short secrets, addresses without TLS.
    package let weaknesses: [KeyFault]

    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - report: told of sources that fail later on, on any thread; must not block.
    ///
    /// Errors: a file that is not there or has no usable key. An address is not asked here, see ``load(now:)``.
    package init(
        _ sources: [KeySource], now: Int64, report: @escaping @Sendable (KeyFault) -> Void = { _ in }
    ) throws(KeyFault) {
        var fixed: [TokenKey] = []
        var files: [KeyFile] = []
        var addresses: [RemoteKeys] = []
        for source in sources {
            switch source.place {
            case .keys(let keys): fixed += keys
            case .file(let path): files.append(try KeyFile(path: path, now: now))
            case .address(let address, let interval, let fetcher):
                addresses.append(
                    RemoteKeys(address: address, interval: interval, fetcher: fetcher, report: report))
            }
        }
        let initial = fixed + files.flatMap(\.keys)
        self.weaknesses = initial.compactMap(\.weakness) + addresses.compactMap(\.address.weakness)
        self.current = Mutex(KeySet(initial))
        self.fixed = fixed
        self.files = files
        self.addresses = addresses
        self.report = report
    }

    /// Whether there are addresses to fetch from.
    var canRefresh: Bool { !self.addresses.isEmpty }

    /// The keys in force. The first call in a second looks at key files.
    func keys(now: Int64) -> KeySet {
        if !self.files.isEmpty {
            var isChanged = false
            for file in self.files where file.update(now: now, report: self.report) { isChanged = true }
            if isChanged { self.rebuild() }
        }
        return self.current.withLock { $0 }
    }

    /// Asks the addresses once. The server calls this at start, so that the first token finds keys.
    ///
    /// Returns within the fetch deadline, and then whether every address gave keys. False is no reason not to start:
    /// ``run(now:)`` goes on asking.
    package func load(now: Int64) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for keys in self.addresses { group.addTask { await self.load(keys, now: now) } }
            return await group.reduce(true) { $0 && $1 }
        }
    }

    /// Fetches each address again whenever its interval is over, sooner after a failure, until the task is cancelled;
    /// then this returns, at the latest when the fetch under way has met its deadline.
    ///
    /// - Parameter now: the present in seconds since 1970.
    package func run(now: @escaping @Sendable () -> Int64) async {
        await self.run(now: now) { try await Task.sleep(for: $0) }
    }

    func run(
        now: @escaping @Sendable () -> Int64, pause: @escaping @Sendable (Duration) async throws -> Void
    ) async {
        await withTaskGroup { group in
            for keys in self.addresses {
                group.addTask {
                    var wait = keys.keys.isEmpty ? Self.firstRetry : keys.interval
                    var retry = Self.firstRetry
                    while true {
                        do { try await pause(min(wait, keys.interval)) } catch { return }
                        let isLoaded = await self.load(keys, now: now())
                        wait = isLoaded ? keys.interval : retry
                        retry = isLoaded ? Self.firstRetry : min(retry * 2, keys.interval)
                    }
                }
            }
        }
    }

    /// See ``TokenVerifier/refreshKeys(now:completion:)``.
    func refresh(now: Int64, completion: @escaping @Sendable (Bool) -> Void) {
        guard !self.addresses.isEmpty else { return completion(false) }
        let round = Round(count: self.addresses.count, completion: completion)
        for keys in self.addresses {
            keys.fetch(now: now, isScheduled: false, loaded: { self.rebuild() }, completion: { round.ended($0) })
        }
    }

    private func load(_ keys: RemoteKeys, now: Int64) async -> Bool {
        await withCheckedContinuation { continuation in
            keys.fetch(now: now, isScheduled: true, loaded: { self.rebuild() }) { continuation.resume(returning: $0) }
        }
    }

    private func rebuild() {
        // Gathered under the lock, so that of two changes at once the later set has both.
        self.current.withLock { current in
            current = KeySet(self.fixed + self.files.flatMap(\.keys) + self.addresses.flatMap(\.keys))
        }
    }

    /// One refresh of several addresses: ends when the last has, well when any brought keys.
    private final class Round: Sendable {
        private let state: Mutex<(remaining: Int, isFresh: Bool)>
        private let completion: @Sendable (Bool) -> Void

        init(count: Int, completion: @escaping @Sendable (Bool) -> Void) {
            self.state = Mutex((count, false))
            self.completion = completion
        }

        func ended(_ isFresh: Bool) {
            let outcome = self.state.withLock { state -> Bool? in
                state.remaining -= 1
                state.isFresh = state.isFresh || isFresh
                return state.remaining == 0 ? state.isFresh : nil
            }
            if let outcome { self.completion(outcome) }
        }
    }
}
