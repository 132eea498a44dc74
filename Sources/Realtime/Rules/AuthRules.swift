// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a platform knows its users.
package struct AuthRules: Sendable {
    /// Where a request carries its token.
    package enum TokenSource: Sendable, Hashable {
        case query(String)
        /// The header's value, without a leading `Bearer `.
        case header(String)
        case cookie(String)
    }

    /// Where a key that checks tokens comes from.
    package enum Key: Sendable, Hashable {
        /// HS256.
        case secret(String)
        /// RS256 or ES256: a PEM text.
        case publicKey(String)
        /// A PEM file.
        case publicKeyFile(String)
        /// A JSON Web Key Set (RFC 7517) in a file, read again when it changes.
        case jwksFile(String)
        /// A JSON Web Key Set at an address, fetched again after `refresh` milliseconds and when an unknown key is named.
        case jwksURL(String, refresh: Int64)
    }

    package enum Expiry: Sendable { case close, keep }

    /// Without a valid token nobody connects; otherwise a connection without a token has no user.
    package var isRequired = true
    /// In order; the first that is present counts.
    package var tokens: [TokenSource] = []
    package var keys: [Key] = []
    /// Claims in order; the first that is present counts.
    package var userClaims = ["sub"]
    package var roleClaims = ["roles", "role"]
    package var nameClaims = ["name"]
    package var avatarClaims = ["avatar", "picture"]
    package var issuer: String?
    package var audience: String?
    /// Seconds by which clocks may differ.
    package var leeway: Int64 = 5
    /// What happens to a connection whose token expires.
    package var onExpiry: Expiry = .close
    package var location: SourceLocation?

    package init() {}
}
