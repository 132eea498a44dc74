// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A session or a one-time token that the server itself knows users by, or what a client needs to return to its connection.
package struct StoredCredential: Sendable, Equatable {
    package enum Kind: String, Sendable, Hashable {
        case session, resume
        /// See ``ReturnState``, which is the content.
        case connection
    }

    package var kind: Kind
    /// SHA-256 of what the client holds, in hexadecimal: the store cannot give it away.
    package var key: String
    package var user: UserID
    /// What is known of the user: a JSON object with `name`, `avatar`, `roles` and `claims`, each optional. That of a one-time token
    /// also has what the connection rested on: `session`, `expiresAt` and `confirmedUntil`, as ``Identity`` has them.
    package var content: [UInt8]
    package var createdAt: Timestamp
    package var expiresAt: Timestamp

    package init(
        kind: Kind,
        key: String,
        user: UserID,
        content: [UInt8],
        createdAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.kind = kind
        self.key = key
        self.user = user
        self.content = content
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
