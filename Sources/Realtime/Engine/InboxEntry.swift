// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is known of one publication in a user's inbox.
package struct InboxEntry: Sendable, Equatable {
    /// The user has marked it as read, on whichever device.
    package var isRead: Bool
    /// It is kept until then, and so is the mark.
    package var until: Timestamp

    package init(isRead: Bool, until: Timestamp) {
        self.isRead = isRead
        self.until = until
    }
}
