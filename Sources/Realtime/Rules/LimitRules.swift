// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The bounds a contract sets. Every bound of memory has a default, so none is missing.
package struct LimitRules: Sendable {
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

    /// Channels that one connection may ask to subscribe to, joined or not; `nil`: no limit.
    package var subscriptionRate: Rate?
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
