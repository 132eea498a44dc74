// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the limits count of one connection by itself. Made when there is something to count, so that a connection that only
/// listens has none.
final class ConnectionLimits {
    /// By the place of the rule; only those of the connection's own are used.
    var windows: [SlidingWindow]
    var invalidMessages = SlidingWindow()
    var subscriptionRequests = SlidingWindow()
    /// When an excess was noted last, in the hub's milliseconds.
    var excessAt: Int64 = .min
    /// When the client was told of too many messages.
    var toldAt: Int64 = .min

    init(ruleCount: Int) { self.windows = Array(repeating: SlidingWindow(), count: ruleCount) }
}
