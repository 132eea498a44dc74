// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What one loop's connections amount to. Plain numbers, counted by the loop that owns them and read as a copy.
package struct Gauges: Hashable, Sendable {
    /// Connections open now, whatever they speak.
    package var openConnections = 0
    /// Those of them that are WebSockets.
    package var openWebSockets = 0
    /// Connections accepted, or made by a client, since the start.
    package var connectionsTotal: UInt64 = 0
    /// Opening handshakes answered with anything but 101.
    package var refusedUpgradesTotal: UInt64 = 0
    /// Connections that ended before they were encrypted.
    package var failedTLSHandshakesTotal: UInt64 = 0
    /// WebSockets closed because their queue was full.
    package var tooSlowTotal: UInt64 = 0
    /// Frames left out for clients that read slowly, for want of room.
    package var framesDroppedTotal: UInt64 = 0
    /// Frames left out because a newer one with their key was to be sent.
    package var framesReplacedTotal: UInt64 = 0
    package var receivedByteCount: UInt64 = 0
    /// Bytes that the kernel took.
    package var sentByteCount: UInt64 = 0

    package init() {}

    /// The sum over two loops.
    package static func + (first: Self, second: Self) -> Self {
        var sum = first
        sum.openConnections += second.openConnections
        sum.openWebSockets += second.openWebSockets
        sum.connectionsTotal += second.connectionsTotal
        sum.refusedUpgradesTotal += second.refusedUpgradesTotal
        sum.failedTLSHandshakesTotal += second.failedTLSHandshakesTotal
        sum.tooSlowTotal += second.tooSlowTotal
        sum.framesDroppedTotal += second.framesDroppedTotal
        sum.framesReplacedTotal += second.framesReplacedTotal
        sum.receivedByteCount += second.receivedByteCount
        sum.sentByteCount += second.sentByteCount
        return sum
    }
}
