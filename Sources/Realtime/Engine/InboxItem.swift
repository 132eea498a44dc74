// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One publication of a user's inbox, as it is listed.
package struct InboxItem: Sendable, Equatable {
    package var publication: StoredPublication
    /// The user has marked it as read, on whichever device.
    package var isRead: Bool

    package init(publication: StoredPublication, isRead: Bool) {
        self.publication = publication
        self.isRead = isRead
    }
}
