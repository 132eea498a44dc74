// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One change of what a platform keeps.
package enum StateChange: Sendable, Equatable {
    /// These users belong to the channel from now on, besides those who do.
    case addMembers(channel: ChannelName, users: [UserID])
    case removeMembers(channel: ChannelName, users: [UserID])
    /// Exactly these users belong to the channel; its link, if any, ends.
    case setMembers(channel: ChannelName, users: [UserID])
    /// Whoever belongs to `parent`, now or later, belongs to `channel` as well.
    case linkMembers(channel: ChannelName, parent: ChannelName)

    /// The channel's last known state, as JSON text; `nil` ends it.
    case setRecord(channel: ChannelName, record: [UInt8]?)

    /// Counts one more event towards a held-back event. `item` counts once however often it comes.
    case addWaitItem(wait: WaitKey, item: String, data: [UInt8], due: Timestamp)
    /// The held-back event was published, or will not be: nothing more is counted for it until `forgetAt`.
    case endWait(wait: WaitKey, forgetAt: Timestamp)

    /// Appends to a channel's kept history. At most `keep` publications stay, and none beyond `until`.
    case append(StoredPublication, keep: Int, until: Timestamp)
    /// Keeps a publication, once, for the audiences of these channels: for those who belong to a channel at its time.
    case deliverToInbox(StoredPublication, audiences: [ChannelName], until: Timestamp)
    /// The user has read a publication of his inbox, by its id. Kept as long as that is, until `until`.
    case markRead(publication: String, user: UserID, until: Timestamp)
    /// Takes the place of an earlier credential of the same kind and key.
    case putCredential(StoredCredential)
    case removeCredential(StoredCredential.Kind, key: String)

    /// Takes the place of an earlier registration of the same kind and key.
    case putRegistration(StoredRegistration)
    case removeRegistration(StoredRegistration.Kind, key: String)

    /// They wait at the ends of their lines, in this order.
    case addWebhooks([StoredWebhook])
    /// What became of a try, at `time`. One that does not wait any more is passed over.
    case settleWebhook(place: Int64, WebhookOutcome, time: Timestamp)
    /// Those given up with these sequences wait again from now on, at the ends of their lines, as if they were not tried yet.
    case retryDeadWebhooks([Int64], time: Timestamp)
    case removeDeadWebhooks([Int64])
}

/// Names one held-back event: its event type and the value that tells one wait from another.
package struct WaitKey: Hashable, Sendable, CustomStringConvertible {
    package var event: String
    package var key: String

    package init(event: String, key: String) {
        self.event = event
        self.key = key
    }

    package var description: String { "\(self.event) for \"\(self.key)\"" }
}
