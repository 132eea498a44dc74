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
        /// A member of the `auth` object of a Socket.IO client's CONNECT packet.
        case auth(String)
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

    package enum Users: String, Sendable, CaseIterable {
        case any
        /// Whom the platform's directory knows.
        case known
    }

    /// A client whose token expires is told before the connection ends.
    package struct ExpiryNotice: Sendable {
        /// Milliseconds between the expiry and the end.
        package var grace: Int64
        /// Events for Socket.IO clients, in their order; plain clients get `frames.expired`.
        package var emits: [(event: String, data: Template)]
        /// Events for Socket.IO clients whose token was revoked, who then have the same time; empty: they end at once.
        package var revokedEmits: [(event: String, data: Template)]

        package init(
            grace: Int64, emits: [(event: String, data: Template)] = [],
            revokedEmits: [(event: String, data: Template)] = []
        ) {
            self.grace = grace
            self.emits = emits
            self.revokedEmits = revokedEmits
        }
    }

    package enum Mode: String, Sendable, CaseIterable {
        /// Credentials are ignored: nobody has a user.
        case none
        /// Without a credential a connection has no user; a wrong one is refused.
        case optional
        /// Without a valid credential nobody connects.
        case required
    }

    /// What a credential is.
    package enum CredentialKind: Sendable, Hashable {
        /// A signed token that says everything itself.
        case jwt
        /// The id of a session that is looked up.
        case session
        /// A one-time token that an earlier connection was given.
        case resume
    }

    /// Where one kind of credential is found in a request.
    package struct CredentialSource: Sendable, Hashable {
        package var kind: CredentialKind
        package var place: TokenSource

        package init(_ kind: CredentialKind, _ place: TokenSource) {
            self.kind = kind
            self.place = place
        }
    }

    /// How the ids of sessions are looked up.
    package struct Sessions: Sendable {
        /// Ids arrive signed with it, as `s:ID.SIGNATURE`; `nil`: as they are.
        package var secret: String?
        /// The address of the platform's own backend that knows the sessions; `nil`: this server's store does.
        package var ask: String?
        /// How long an answer of that backend holds, in milliseconds.
        package var cache: Int64 = 30_000
        /// How long it has for an answer, in milliseconds.
        package var deadline: Int64 = 2000

        package init() {}
    }

    /// How long tokens hold that this server makes, in milliseconds.
    package struct Issue: Sendable {
        package var access: Int64 = 15 * 60_000
        /// From the last use on.
        package var refresh: Int64 = 30 * 86_400_000

        package init() {}
    }

    /// A client without a credential in its request may bring one in its first message.
    package struct FirstMessage: Sendable {
        /// What the message has at the contract's command key.
        package var command: String
        /// The key of the message that holds the credential.
        package var key: String

        package init(command: String, key: String) {
            self.command = command
            self.key = key
        }
    }

    /// One-time tokens with which a connection is taken up again.
    package struct Resume: Sendable {
        package var source: TokenSource
        /// Milliseconds for which a token holds.
        package var age: Int64

        package init(source: TokenSource, age: Int64) {
            self.source = source
            self.age = age
        }
    }

    package var mode = Mode.required
    /// Who may connect of those whose credentials hold.
    package var users = Users.any
    /// In order; the first that is present counts.
    package var credentials: [CredentialSource] = []
    package var sessions = Sessions()
    /// Milliseconds in which authentication must be done.
    package var timeout: Int64 = 10_000
    package var firstMessage: FirstMessage?
    package var resume: Resume?
    /// Networks whose requests as a backend need no key, as CIDR blocks; `loopback` has become its blocks.
    package var trust: [String] = []
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
    /// `nil`: a connection that ends because of it ends at once.
    package var expiryNotice: ExpiryNotice?
    package var issue = Issue()
    package var location: SourceLocation?

    package init() {}
}
