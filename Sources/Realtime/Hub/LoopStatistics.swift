// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What one loop has counted for one platform since the start. Plain numbers: only the loop changes them.
package struct LoopStatistics: Sendable {
    package var connections = 0
    package var connectionsOpened: UInt64 = 0
    package var subscriptions = 0
    package var messagesReceived: UInt64 = 0
    package var deliveries: UInt64 = 0
    package var subscriptionsEnded: UInt64 = 0
    /// Error answers by code.
    package var errors: [RequestError.Code: UInt64] = [:]
    package var limited = LimitCounts()
    package var latency = LatencyHistogram()

    package init() {}

    package static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.connections += b.connections
        sum.connectionsOpened += b.connectionsOpened
        sum.subscriptions += b.subscriptions
        sum.messagesReceived += b.messagesReceived
        sum.deliveries += b.deliveries
        sum.subscriptionsEnded += b.subscriptionsEnded
        sum.errors.merge(b.errors) { $0 + $1 }
        sum.limited = a.limited + b.limited
        sum.latency = a.latency + b.latency
        return sum
    }
}
