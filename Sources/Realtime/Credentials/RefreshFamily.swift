// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// What follows from one sign-in: refresh tokens, of which the last one holds, and the access tokens that were made with them.
///
/// A refresh token is `FAMILY.SECRET`, random both. The store has one entry for each family, by the SHA-256 of its first part, with the
/// SHA-256 of the token that holds. So an old one is told from one that never was.
struct RefreshFamily {
    /// Of 132 bits.
    private static let nameLetterCount = 22
    private static let idPrefix = "family:"

    var key: String
    var identity: Identity
    /// The SHA-256 of the refresh token that holds.
    var current: String
    /// Access tokens that were made.
    var count: Int

    /// A new family, and its first token.
    static func make(for identity: Identity) -> (family: RefreshFamily, token: String) {
        let name = SecretText.make(letterCount: Self.nameLetterCount)
        let token = Self.token(named: name)
        let family = RefreshFamily(
            key: SecretText.key(of: name), identity: identity, current: SecretText.key(of: token), count: 1)
        return (family, token)
    }

    private static func token(named name: String) -> String { "\(name).\(SecretText.make())" }

    /// The next token of the family that a token names; `nil` when it is no refresh token.
    static func successor(of token: String) -> (key: String, token: String)? {
        guard token.utf8.count == Self.nameLetterCount + 1 + SecretText.letterCount else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == Self.nameLetterCount else { return nil }
        return (SecretText.key(of: String(parts[0])), Self.token(named: String(parts[0])))
    }

    // MARK: Access tokens

    /// What all access tokens of the family are revoked by. Says nothing of the refresh tokens.
    var accessTokensID: String { "\(Self.idPrefix)\(self.key.prefix(32))" }

    /// The `jti` of the latest access token.
    var accessTokenID: String { "\(self.accessTokensID):\(self.count)" }

    /// What a token with this `jti` may be revoked by besides; `nil`: it belongs to no family.
    static func accessTokensID(of tokenID: String) -> String? {
        guard tokenID.hasPrefix(Self.idPrefix), let end = tokenID.lastIndex(of: ":"),
            tokenID[..<end].utf8.count > Self.idPrefix.utf8.count
        else { return nil }
        return String(tokenID[..<end])
    }

    // MARK: Storage

    init(key: String, identity: Identity, current: String, count: Int) {
        self.key = key
        self.identity = identity
        self.current = current
        self.count = count
    }

    /// - Returns: `nil` when it is no family that this version wrote.
    init?(_ credential: StoredCredential) {
        guard credential.kind == .refresh,
            let content = try? JSONDocument(
                parsing: credential.content, maximumDepth: JSONDocument.deepestNesting
            ).root,
            let identity = content["identity"], let current = content["current"]?.string,
            let count = content["count"]?.int
        else { return nil }
        var known = credential
        (known.kind, known.content) = (.user, Array(identity.rawBytes))
        self.init(key: credential.key, identity: Identity(known), current: current, count: count)
        self.identity.issuedAt = credential.createdAt.milliseconds
        self.identity.tokenID = self.accessTokenID
    }

    func credential(at now: Timestamp, lifetime: Int64) -> StoredCredential {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("identity")
        writer.raw(self.identity.content(of: .user))
        writer.key("current")
        writer.string(self.current)
        writer.key("count")
        writer.int(self.count)
        writer.endObject()
        let lifetime = min(max(lifetime, 1), Platform.longestSession)
        return StoredCredential(
            kind: .refresh, key: self.key, user: self.identity.user, content: writer.bytes, createdAt: now,
            expiresAt: Timestamp(milliseconds: now.milliseconds + lifetime))
    }
}
