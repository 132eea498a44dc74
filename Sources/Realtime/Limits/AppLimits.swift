// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// What apps publish, held against the contract's limits: each app over all channels, each channel over all apps. Exact, and counted in one
/// step. Threads: any; one lock for each publication of an app.
final class AppLimits: Sendable {
    /// One that was counted.
    struct Counted: Sendable {
        /// Each with the moment that its window noted.
        fileprivate var entries: [(key: LimitKey, rate: LimitRules.Rate, moment: Int64)] = []
        /// What was left behind it.
        var quota: AppQuota?
    }

    private static let capacity = 65_536

    private let rules: [LimitRules.ScopedRate]
    private let windows: Mutex<RecentTable<LimitKey, ExactWindow>>

    init(_ rules: [LimitRules.ScopedRate]) {
        self.rules = rules.filter { $0.rate.window > 0 }
        let age = 2 * (rules.map(\.rate.window).max() ?? 60_000)
        self.windows = Mutex(RecentTable(capacity: Self.capacity, age: age))
    }

    static var now: Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    /// Counts one publication under every limit, or, where one is reached, under none.
    func admit(_ app: String, to channels: [ChannelName], at now: Int64) -> Result<Counted, RequestError> {
        let keys = self.keys(app, channels)
        guard !keys.isEmpty else { return .success(Counted()) }
        return self.windows.withLock { windows in
            var full: AppQuota?
            for (key, rate) in keys {
                let quota = windows.quota(key, rate, at: now)
                if quota.remaining == 0, quota.reset > full?.reset ?? -1 { full = quota }
            }
            if let full {
                var error = RequestError(.rateLimited, "too many events; publish fewer")
                error.retryAfter = full.reset
                error.quota = full
                return .failure(error)
            }
            var counted = Counted()
            for (key, rate) in keys {
                let moment = windows.use(key, at: now, new: ExactWindow()) { $0.add(now) }
                counted.entries.append((key, rate, moment))
                counted.quota = AppQuota.smaller(counted.quota, windows.quota(key, rate, at: now))
            }
            return .success(counted)
        }
    }

    /// Takes back one of which nothing came.
    ///
    /// - Returns: what is left then.
    @discardableResult
    func takeBack(_ counted: Counted, at now: Int64) -> AppQuota? {
        self.windows.withLock { windows in
            var quota: AppQuota?
            for (key, rate, moment) in counted.entries {
                windows.use(key, at: now, new: ExactWindow()) { $0.takeBack(moment) }
                quota = AppQuota.smaller(quota, windows.quota(key, rate, at: now))
            }
            return quota
        }
    }

    private func keys(_ app: String, _ channels: [ChannelName]) -> [(key: LimitKey, rate: LimitRules.Rate)] {
        self.rules.enumerated().flatMap { index, rule in
            let owners: [LimitOwner] = rule.scope == .channel ? channels.map { .channel($0) } : [.app(app)]
            return owners.map { (LimitKey(owner: $0, rule: index), rule.rate) }
        }
    }
}

extension RecentTable<LimitKey, ExactWindow> {
    fileprivate mutating func quota(_ key: LimitKey, _ rate: LimitRules.Rate, at now: Int64) -> AppQuota {
        self.use(key, at: now, new: ExactWindow()) { window in
            window.forget(at: now, window: rate.window)
            return AppQuota(
                limit: rate.count, remaining: max(rate.count - window.count, 0),
                reset: window.untilOldestGoes(at: now, window: rate.window))
        }
    }
}
