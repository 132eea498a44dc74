// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which of a user's kept publications are wanted.
package struct InboxQuery: Sendable {
    package var user: UserID
    /// Channels whose audience the user always belongs to; those he is or was a member of are found by the engine.
    package var audiences: [ChannelName]
    /// Only later ones, oldest first; `nil`: the newest `limit`, in the same order.
    package var after: Timestamp?
    /// At least 1.
    package var limit: Int

    package init(user: UserID, audiences: [ChannelName], after: Timestamp?, limit: Int) {
        self.user = user
        self.audiences = audiences
        self.after = after
        self.limit = limit
    }
}
