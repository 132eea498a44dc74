// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// When a client whose connection was lost, or could not be made, tries again.
///
/// The first wait is `first`, each next one `factor` times as long up to `most`, and each is made longer or shorter by up to the share
/// `jitter`, so that clients that were cut off together do not come back together. A connection that held for five seconds begins anew.
public struct ReconnectSchedule: Sendable, Equatable {
    /// The first wait.
    public var first: Duration
    /// How much longer each next one is, 1 or more.
    public var factor: Double
    /// The longest wait, a day at most.
    public var most: Duration
    /// 0 to 1.
    public var jitter: Double
    /// Tries in a row that may fail before the client gives up, without the first; `nil`: it never does.
    public var attempts: Int?

    /// A schedule, from its parts.
    public init(
        first: Duration = .seconds(1), factor: Double = 2, most: Duration = .seconds(30), jitter: Double = 0.2,
        attempts: Int? = nil
    ) {
        self.first = first
        self.factor = factor
        self.most = most
        self.jitter = jitter
        self.attempts = attempts
    }

    /// Never tries again: the first connection is the only one.
    public static let never = ReconnectSchedule(attempts: 0)

    /// The wait behind so many failed tries in a row, 1 or more; `nil`: the client gives up.
    ///
    /// - Parameter random: 0 to 1, where within the jitter the wait lies.
    func delay(afterFailure number: Int, random: Double) -> Duration? {
        if let attempts = self.attempts, number > attempts { return nil }
        var seconds = max(0, self.first / .seconds(1))
        let most = max(0, self.most / .seconds(1))
        let factor = self.factor > 1 ? self.factor : 1
        // By multiplying: a power would overflow after a day offline.
        for _ in 1..<max(1, min(number, 1000)) where seconds < most { seconds *= factor }
        let share = self.jitter > 0 ? min(self.jitter, 1) * (2 * random - 1) : 0
        let wait = min(seconds, most, 86_400) * (1 + share)
        // Nothing times infinity is no number.
        guard wait > 0 else { return .zero }
        return .milliseconds(Int64(min(wait, 86_400) * 1000))
    }
}
