// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What one request wants kept, all of it or nothing.
package struct Commit: Sendable {
    /// The publisher's own key for this request, if it gave one.
    package struct Idempotency: Sendable {
        package var key: String
        /// A digest of the request: the same key with another request is a mistake of the publisher.
        package var fingerprint: UInt64
        /// When the key may be forgotten.
        package var expiresAt: Timestamp
        /// What a later request with the same key is answered with.
        package var answer: [UInt8]

        package init(key: String, fingerprint: UInt64, expiresAt: Timestamp, answer: [UInt8]) {
            self.key = key
            self.fingerprint = fingerprint
            self.expiresAt = expiresAt
            self.answer = answer
        }
    }

    package var idempotency: Idempotency?
    /// When the commit took its place; never before that of an earlier one. Members come and go at this moment.
    package var time: Timestamp
    /// In order.
    package var changes: [StateChange]

    package init(
        idempotency: Idempotency? = nil,
        time: Timestamp = Timestamp(milliseconds: 0),
        changes: [StateChange] = []
    ) {
        self.idempotency = idempotency
        self.time = time
        self.changes = changes
    }
}

package enum CommitOutcome: Sendable {
    case committed
    /// The key was used before with the same request: nothing was changed, and this was its answer.
    case duplicate(answer: [UInt8])
}
