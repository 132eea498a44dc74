// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The bounds a contract sets. Every bound of memory has a default, so none is missing.
package struct LimitRules: Sendable, Hashable {
    /// So many in any stretch of time of this length.
    package struct Rate: Sendable, Hashable {
        package var count: Int
        /// Milliseconds.
        package var window: Int64

        package init(count: Int, window: Int64) {
            self.count = count
            self.window = window
        }
    }

    /// Whose doings are counted together.
    package enum Scope: String, Sendable, CaseIterable { case connection, user, address, channel, app }

    /// What happens to what is too much.
    package enum Exceeding: String, Sendable, CaseIterable {
        /// It is refused; the contract's rule for the error says whether the connection closes.
        case error
        /// It waits until there is room again, and so does everything behind it on the connection.
        case delay
    }

    package struct ScopedRate: Sendable, Hashable {
        /// A window of 0: over the connection's whole lifetime.
        package var rate: Rate
        package var scope: Scope
        package var exceeding: Exceeding
        /// Of tries to connect: those count whose credential does not hold, and no others are held against the limit.
        package var countsRefused: Bool

        package init(_ rate: Rate, per scope: Scope, exceeding: Exceeding = .error, countsRefused: Bool = false) {
            self.rate = rate
            self.scope = scope
            self.exceeding = exceeding
            self.countsRefused = countsRefused
        }
    }

    /// New connections of somebody who exceeded a limit wait, each longer than the last, in milliseconds.
    package struct Throttle: Sendable, Hashable {
        package var first: Int64
        package var longest: Int64

        package init(first: Int64, longest: Int64) {
            self.first = first
            self.longest = longest
        }
    }

    /// Connections at once of one user and of one address; `nil`: no limit.
    package var connectionsPerUser: Int?
    package var connectionsPerAddress: Int?
    /// Tries to connect, per user or address.
    package var attempts: [ScopedRate] = []
    /// Messages from clients, per connection or user.
    package var messages: [ScopedRate] = []
    /// Publications by commands, per connection, user or channel.
    package var publishes: [ScopedRate] = []
    /// Publications of apps, per app or channel; counted exactly.
    package var apps: [ScopedRate] = []
    /// Messages of one connection that are none of the platform's; `nil`: no limit.
    package var invalidMessages: Rate?
    /// Milliseconds without a message from the client after which its connection ends.
    package var idle: Int64?
    /// What the client is sent counts for ``idle`` as well.
    package var idleCountsBoth = false
    /// Milliseconds after which a connection ends.
    package var lifetime: Int64?
    package var throttle: Throttle?
    /// Channels that one connection may ask to subscribe to, joined or not; `nil`: no limit.
    package var subscriptionRate: Rate?
    /// Requests to subscribe or unsubscribe that one connection may send, however many channels each names; `nil`: no limit.
    package var subscriptionRequests: Rate?
    /// Channels that one connection may be subscribed to at once.
    package var subscriptionsPerConnection = 1000
    /// Bytes of one message from a client. Past it: close with 1009.
    package var messageByteCount = 64 * 1024
    /// Bytes that may wait for one connection that reads slowly. Past it: close with `tooSlow`.
    package var queueByteCount = 1024 * 1024
    /// Bytes of one publication's payload. A payload that clients could not be sent whole is refused.
    package var payloadByteCount = 256 * 1024
    /// Channels one publication may go to.
    package var channelsPerPublication = 1000

    package init() {}
}
