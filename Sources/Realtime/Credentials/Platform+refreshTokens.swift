// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Access tokens that this server signs itself, and the refresh tokens with which clients get the next ones.
extension Platform {
    package struct IssuedTokens: Sendable {
        package var accessToken: String
        package var refreshToken: String
        /// Seconds for which the access token holds.
        package var expiresIn: Int64

        /// All three as a JSON object.
        package var json: [UInt8] {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("accessToken")
            writer.string(self.accessToken)
            writer.key("refreshToken")
            writer.string(self.refreshToken)
            writer.key("expiresIn")
            writer.int(Int(self.expiresIn))
            writer.endObject()
            return writer.bytes
        }
    }

    /// What became of a refresh token that somebody brought.
    private enum Turn {
        case unknown
        /// It held before.
        case reused(StoredCredential)
        case taken(RefreshFamily, old: StoredCredential, new: StoredCredential)
    }

    /// Signs a user in: the first tokens of a family.
    ///
    /// - Parameter completion: gets the tokens, of which the server keeps no text; runs exactly once, on any thread, when the family is
    ///   kept. `conflict`: the contract has no secret to sign with.
    package func issueTokens(
        for identity: Identity, completion: @escaping @Sendable (Result<IssuedTokens, RequestError>) -> Void
    ) {
        let (family, token) = RefreshFamily.make(for: identity)
        switch self.sign(family, refreshToken: token) {
        case .failure(let error): completion(.failure(error))
        case .success(let tokens):
            let entry = family.credential(at: self.clock.now(), lifetime: self.definition.auth.issue.refresh)
            self.change([.putCredential(entry)]) { completion($0.map { tokens }) }
        }
    }

    /// Exchanges a refresh token, which holds exactly once, for the next tokens of its family.
    ///
    /// One that held before was stolen, or its thief was faster: the family and its access tokens are revoked, and the connections that
    /// rest on them end. So it is when one arrives twice at once.
    /// - Parameter completion: runs exactly once, on any thread, when the exchange is kept. A token that does not hold is
    ///   `invalidCredentials`.
    package func refreshTokens(
        _ token: String, completion: @escaping @Sendable (Result<IssuedTokens, RequestError>) -> Void
    ) {
        guard let (key, next) = RefreshFamily.successor(of: token) else {
            return completion(.failure(.refreshTokenInvalid))
        }
        switch self.takeTurn(of: token, key: key, next: next) {
        case .unknown: completion(.failure(.refreshTokenInvalid))
        case .reused(let entry): self.revoke(entry, completion: completion)
        case .taken(let family, let old, let new):
            // Of the sign-in and of what it says there may be an end since.
            if let refusal = RefreshFamily(old).flatMap({ self.refusal(of: $0.identity) }) {
                return self.change([.removeCredential(.refresh, key: key)]) { _ in
                    completion(.failure(refusal.sparingConnection))
                }
            }
            switch self.sign(family, refreshToken: next) {
            case .failure(let error):
                self.undo(new, old)
                completion(.failure(error))
            case .success(let tokens): self.keep(family, old: old, new: new, tokens, completion: completion)
            }
        }
    }

    /// In one step, so that of two who bring the same token one comes too late.
    private func takeTurn(of token: String, key: String, next: String) -> Turn {
        let now = self.clock.now()
        let lifetime = self.definition.auth.issue.refresh
        let (presented, coming) = (SecretText.key(of: token), SecretText.key(of: next))
        return self.credentials.update(.refresh, key: key, at: now) { entry in
            guard let old = entry, var family = RefreshFamily(old) else { return .unknown }
            guard family.current == presented else {
                entry = nil
                return .reused(old)
            }
            family.current = coming
            family.count += 1
            let new = family.credential(at: now, lifetime: lifetime)
            entry = new
            return .taken(family, old: old, new: new)
        }
    }

    private func keep(
        _ family: RefreshFamily, old: StoredCredential, new: StoredCredential, _ tokens: IssuedTokens,
        completion: @escaping @Sendable (Result<IssuedTokens, RequestError>) -> Void
    ) {
        var identity = family.identity
        identity.tokenID = family.accessTokenID
        self.change([.putCredential(new)]) { [identity] result in
            if case .failure(let error) = result {
                self.undo(new, old)
                return completion(.failure(error))
            }
            // Somebody may have brought the same token while this was written, and have the family revoked.
            if let refusal = self.refusal(of: identity) { return completion(.failure(refusal.sparingConnection)) }
            completion(.success(tokens))
        }
    }

    private func undo(_ new: StoredCredential, _ old: StoredCredential) {
        self.credentials.update(.refresh, key: new.key, at: self.clock.now()) { entry in
            if entry == new { entry = old }
        }
    }

    private func sign(_ family: RefreshFamily, refreshToken: String) -> Result<IssuedTokens, RequestError> {
        guard let issuer = self.credentialServices.issuer else { return .failure(.nothingToSignWith) }
        let lifetime = max(1, self.definition.auth.issue.access / 1000)
        return issuer.accessToken(for: family.identity, id: family.accessTokenID, lifetime: lifetime).map {
            IssuedTokens(accessToken: $0, refreshToken: refreshToken, expiresIn: lifetime)
        }
    }

    /// Ends a family whose old token somebody brought.
    private func revoke(
        _ entry: StoredCredential, completion: @escaping @Sendable (Result<IssuedTokens, RequestError>) -> Void
    ) {
        guard let family = RefreshFamily(entry) else { return completion(.failure(.refreshTokenInvalid)) }
        // Until the last access token has surely expired, and as long as the family would have been there.
        let rules = self.definition.auth
        let latest = self.clock.now().milliseconds + rules.issue.access + rules.leeway * 1000
        var revocation = self.standing(
            .revokedToken, key: SecretText.key(of: family.accessTokensID), Identity(user: UserID("")))
        revocation.expiresAt = min(
            revocation.expiresAt, max(Timestamp(milliseconds: latest), entry.expiresAt))
        self.change([.removeCredential(.refresh, key: family.key), .putCredential(revocation)]) { result in
            if case .failure(let error) = result {
                self.credentials.update(.refresh, key: entry.key, at: self.clock.now()) { $0 = $0 ?? entry }
                return completion(.failure(error))
            }
            self.counters.countRevokedFamily()
            self.report("an old refresh token was brought again: its family and its access tokens are revoked")
            self.endRefused(family.identity.user) { _ in completion(.failure(.refreshTokenInvalid)) }
        }
    }

    // MARK: The operation

    func refreshTokens(
        _ token: TextTemplate, _ reply: Template?, in scope: TemplateScope,
        completion: @escaping @Sendable (Result<OperationAnswer, RequestError>) -> Void
    ) {
        self.refreshTokens(token.text(in: scope) ?? "") { result in
            completion(result.map { Self.answer(reply, in: scope, result: $0.json) })
        }
    }
}

extension RequestError {
    /// The same, of something that is not what the connection rests on.
    var sparingConnection: RequestError {
        var error = self
        error.sparesConnection = true
        return error
    }

    fileprivate static let refreshTokenInvalid = RequestError(
        .invalidCredentials, "the refresh token was used, or does not hold any more", reason: "invalid"
    ).sparingConnection
    fileprivate static let nothingToSignWith = RequestError(
        .conflict, "the contract has no secret to sign tokens with")
}
