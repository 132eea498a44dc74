// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a client can have too much of, as operators count it.
package enum LimitKind: Int, Sendable, CaseIterable {
    /// Connections refused because their user or address had enough.
    case connections
    /// Connections refused because there were too many tries.
    case attempts
    /// Connections that had to wait because a limit had been exceeded before.
    case throttled
    /// Messages refused unread.
    case messages
    /// Times that a connection was not read for a while because of its messages or publications.
    case delays
    /// Publications of clients that were refused.
    case publishes
    /// Requests to subscribe that were refused.
    case subscriptions
    /// Connections ended because of too many messages that were none of the platform's.
    case invalidMessages
    /// Connections ended because nothing came.
    case idle
    /// Connections ended because their time was over.
    case lifetime

    /// As metrics name it.
    package var name: String { self == .invalidMessages ? "invalid_messages" : "\(self)" }
}

/// How often each limit was met.
package struct LimitCounts: Sendable {
    private var counts = [UInt64](repeating: 0, count: LimitKind.allCases.count)

    package init() {}

    package subscript(kind: LimitKind) -> UInt64 {
        get { self.counts[kind.rawValue] }
        set { self.counts[kind.rawValue] = newValue }
    }

    package static func + (a: Self, b: Self) -> Self {
        var sum = a
        for kind in LimitKind.allCases { sum[kind] += b[kind] }
        return sum
    }
}
