// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// It is counted who is online in the channels of one pattern: who is subscribed there, on any connection.
package struct ChannelPresenceRules: Sendable {
    /// An event that a channel's subscribers get when a user comes or goes there. The user's own connections do not.
    package struct Change: Sendable {
        package var event: String
        /// Filled with the user, the channel and the time.
        package var data: Template

        package init(event: String, data: Template) {
            self.event = event
            self.data = data
        }
    }

    /// Milliseconds for which a user whose last connection was lost is still online. One who unsubscribes goes at once.
    package var grace: Int64
    package var online: Change?
    package var offline: Change?

    package init(grace: Int64, online: Change? = nil, offline: Change? = nil) {
        self.grace = grace
        self.online = online
        self.offline = offline
    }
}
