// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an engine kept, as it is read at start.
package struct EngineState: Sendable {
    /// One event that is held back.
    package struct Wait: Sendable {
        package var key: WaitKey
        /// The distinct items counted so far.
        package var items: [String]
        /// The payload of the last event counted.
        package var data: [UInt8]
        package var due: Timestamp
        /// The held-back event was published; the wait is only remembered so that it is not published again.
        package var hasEnded: Bool

        package init(key: WaitKey, items: [String], data: [UInt8], due: Timestamp, hasEnded: Bool) {
            self.key = key
            self.items = items
            self.data = data
            self.due = due
            self.hasEnded = hasEnded
        }
    }

    package var members: [ChannelName: [UserID]] = [:]
    /// Channel to the channel whose members it shares.
    package var links: [ChannelName: ChannelName] = [:]
    package var records: [ChannelName: [UInt8]] = [:]
    package var waits: [Wait] = []
    /// Those that have not expired.
    package var credentials: [StoredCredential] = []
    package var registrations: [StoredRegistration] = []
    /// Of the last event for the backend; 0: there was none.
    package var webhookSequence: Int64 = 0
    package var webhookCounts = WebhookCounts()
    /// The latest time of anything that was kept; publications of this process come after it.
    package var lastTime: Timestamp?

    package init() {}
}
