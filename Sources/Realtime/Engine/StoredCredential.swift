// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the server itself knows of users and of what they show: a session, a one-time token, what a client needs to return to its
/// connection, an entry of the directory of users, a revocation, or a sign-in that may be refreshed.
package struct StoredCredential: Sendable, Equatable {
    package enum Kind: String, Sendable, Hashable {
        case session, resume
        /// See ``ReturnState``, which is the content.
        case connection
        /// Somebody of the directory; the key is his id.
        case user
        /// The key is the SHA-256 of the token's `jti`.
        case revokedToken
        /// Of all that was issued to a user before `createdAt`; the key is his id.
        case revokedUser
        /// See ``RefreshFamily``, which is the content.
        case refresh
    }

    package var kind: Kind
    /// Of what a client holds the SHA-256, in hexadecimal: the store cannot give it away.
    package var key: String
    package var user: UserID
    /// What is known of the user: a JSON object with `name`, `avatar`, `roles` and `claims`, each optional. That of a one-time token
    /// also has what the connection rested on: `session`, `expiresAt`, `confirmedUntil`, `issuedAt` and
    /// `tokenID`, as ``Identity`` has them.
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
