// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an endpoint's sessions amount to.
package struct EngineGauges: Hashable, Sendable {
    /// Sessions that are polled now.
    package internal(set) var pollingSessions = 0
    /// Sessions on a WebSocket now.
    package internal(set) var webSocketSessions = 0
    /// Sessions that were opened since the start.
    package internal(set) var sessionsTotal: UInt64 = 0
    /// Sessions that changed from polling to a WebSocket since the start.
    package internal(set) var upgradesTotal: UInt64 = 0
    /// Pings that were answered since the start.
    package internal(set) var pongsTotal: UInt64 = 0
    /// Milliseconds that these pings took, together.
    package internal(set) var pingMillisecondsTotal: UInt64 = 0
    /// Requests refused since the start, by the protocol's code.
    package internal(set) var refusalsTotal: [Int: UInt64] = [:]
    /// Sessions that ended since the start, by their reason.
    package internal(set) var endedTotal: [EngineCloseReason: UInt64] = [:]
}
