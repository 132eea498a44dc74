// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An event that waits to be delivered to the backend.
package struct StoredWebhook: Sendable, Equatable {
    /// Among all events of the platform.
    package var sequence: Int64
    package var id: String
    /// What is of one line is delivered one after the other.
    package var line: String
    package var createdAt: Timestamp
    /// The JSON that is sent, byte by byte.
    package var body: [UInt8]

    package init(sequence: Int64, id: String, line: String, createdAt: Timestamp, body: [UInt8]) {
        self.sequence = sequence
        self.id = id
        self.line = line
        self.createdAt = createdAt
        self.body = body
    }
}

/// The first of its line, whose time has come.
package struct DueWebhook: Sendable, Equatable {
    /// In the queue; never used again.
    package var place: Int64
    package var id: String
    package var createdAt: Timestamp
    package var body: [UInt8]
    /// Tries that failed.
    package var tries: Int

    package init(place: Int64, id: String, createdAt: Timestamp, body: [UInt8], tries: Int) {
        self.place = place
        self.id = id
        self.createdAt = createdAt
        self.body = body
        self.tries = tries
    }
}

/// What became of a try.
package enum WebhookOutcome: Sendable, Equatable {
    case accepted
    case retry(at: Timestamp)
    /// It is given up, and kept for the operator until `until`.
    case dead(reason: String, until: Timestamp)
}

/// A part of what is due, and what there is besides.
package struct WebhookPage: Sendable, Equatable {
    /// In the order in which they became due.
    package var due: [DueWebhook]
    /// When something that is not due becomes so by itself.
    package var next: Timestamp?
    /// Of all that waits, when the oldest was made.
    package var oldest: Timestamp?

    package init(due: [DueWebhook] = [], next: Timestamp? = nil, oldest: Timestamp? = nil) {
        self.due = due
        self.next = next
        self.oldest = oldest
    }
}

/// A delivery that was given up.
package struct DeadWebhook: Sendable, Equatable {
    package var webhook: StoredWebhook
    /// Tries that failed.
    package var tries: Int
    /// Why it was given up, for people.
    package var reason: String
    package var diedAt: Timestamp

    package init(webhook: StoredWebhook, tries: Int, reason: String, diedAt: Timestamp) {
        self.webhook = webhook
        self.tries = tries
        self.reason = reason
        self.diedAt = diedAt
    }
}

package struct WebhookCounts: Sendable, Equatable {
    package var waiting: Int
    package var dead: Int

    package init(waiting: Int = 0, dead: Int = 0) {
        self.waiting = waiting
        self.dead = dead
    }
}
