// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a contract has its backend told, and how hard the server tries.
package struct WebhookRules: Sendable, Equatable {
    /// Waits between the tries of one delivery, in milliseconds.
    package struct Retry: Sendable, Equatable {
        package var from: Int64 = 1000
        package var to: Int64 = 600_000
        /// How old a delivery may become before it is given up.
        package var age: Int64 = 86_400_000

        package init() {}

        /// The wait after so many tries that failed: doubled each time, and of that a random part of at least a half, so that
        /// deliveries that failed together are not tried together.
        func delay(afterTries count: Int) -> Int64 {
            let doublings = min(max(count, 1) - 1, 40)
            let (product, overflows) = self.from.multipliedReportingOverflow(by: 1 << Int64(doublings))
            let longest = max(overflows ? self.to : min(product, self.to), 1)
            return .random(in: (longest + 1) / 2...longest)
        }
    }

    package var url: String
    package var secret: String
    package var kinds: Set<WebhookEvent.Kind>
    /// The patterns whose channels are told about; `nil`: all but internal ones.
    package var patterns: Set<ChannelPattern>?
    /// Milliseconds for an answer.
    package var deadline: Int64 = 5000
    package var retry = Retry()
    /// Deliveries under way at once.
    package var concurrency = 16

    package init(
        url: String, secret: String, kinds: Set<WebhookEvent.Kind> = Set(WebhookEvent.Kind.allCases),
        patterns: Set<ChannelPattern>? = nil
    ) {
        self.url = url
        self.secret = secret
        self.kinds = kinds
        self.patterns = patterns
    }

    func concerns(_ channel: ChannelRules) -> Bool {
        self.patterns.map { $0.contains(channel.pattern) } ?? !channel.isInternal
    }
}
