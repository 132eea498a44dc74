// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// When a backend that fails is left alone: after failures of several deliveries without a success between them one delivery at a time
/// is tried, with growing waits between them, of half a minute at most.
struct BackendPause {
    private static let failureLimit = 8
    private static let longest: Int64 = 30_000

    /// Deliveries that failed since the last success; a single one that always fails says nothing about the others.
    private var failed: Set<Int64> = []
    private var count = 0
    /// Milliseconds since 1970; `nil`: the backend is well.
    private(set) var until: Int64?

    /// - Returns: whether the backend was left alone until now.
    mutating func succeeded() -> Bool {
        let wasLeft = self.until != nil
        self = BackendPause()
        return wasLeft
    }

    /// - Returns: whether the backend is left alone from now on.
    mutating func failed(_ place: Int64, now: Int64, _ retry: WebhookRules.Retry) -> Bool {
        if self.failed.count < Self.failureLimit { self.failed.insert(place) }
        guard self.failed.count >= Self.failureLimit else { return false }
        self.count += 1
        defer { self.until = now + min(retry.delay(afterTries: self.count), Self.longest) }
        return self.until == nil
    }

    func mayBegin(underWay: Int, concurrency: Int, now: Int64) -> Bool {
        guard let until = self.until else { return underWay < concurrency }
        return underWay == 0 && now >= until
    }
}
