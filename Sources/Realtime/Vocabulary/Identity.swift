// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// What the server knows of the user behind a connection, from the token alone.
package struct Identity: Sendable {
    package var user: UserID
    package var name: String?
    package var avatar: String?
    package var roles: [String]
    /// The token's claims; kept only on platforms whose templates use them.
    package var claims: JSONDocument?
    /// When the right to be connected ends, in milliseconds since 1970; `nil`: never.
    package var expiresAt: Int64?

    /// Of a token: what it is revoked by. Milliseconds since 1970.
    package var issuedAt: Int64?
    package var tokenID: String?

    /// Names the session that this identity rests on, as the store knows it; `nil`: none.
    package var session: String?
    /// When whoever vouched for this has to be asked again, in milliseconds since 1970; `nil`: never.
    package var confirmedUntil: Int64?

    package init(
        user: UserID,
        name: String? = nil,
        avatar: String? = nil,
        roles: [String] = [],
        claims: JSONDocument? = nil,
        expiresAt: Int64? = nil
    ) {
        self.user = user
        self.name = name
        self.avatar = avatar
        self.roles = roles
        self.claims = claims
        self.expiresAt = expiresAt
    }
}
