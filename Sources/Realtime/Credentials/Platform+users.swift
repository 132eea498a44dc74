// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

/// The platform's directory of users, where the contract wants to know them, and what was revoked of their tokens. Both are kept.
extension Platform {
    /// What a revocation is about.
    package enum Revocation: Sendable {
        /// One token, by its `jti`.
        case token(String)
        /// Every token of the user that was issued before this moment, and every session that was made before it.
        case user(UserID, before: Timestamp)
    }

    // MARK: Directory

    /// A user of the directory.
    package func user(_ user: UserID) -> Identity? {
        self.credentials.credential(.user, key: user.rawValue, at: self.clock.now()).map { Identity($0) }
    }

    /// Puts a user into the directory, or takes another one's place there.
    ///
    /// - Parameter identity: the user with name and avatar, which hold where a token says nothing of them.
    package func putUser(
        _ identity: Identity, completion: @escaping @Sendable (Result<Void, RequestError>) -> Void
    ) {
        self.change(
            [.putCredential(self.standing(.user, key: identity.user.rawValue, identity))], completion: completion)
    }

    /// Takes a user out of the directory; where the contract wants to know users, his connections end.
    ///
    /// - Parameter completion: gets how many ended; runs exactly once, on any thread.
    package func removeUser(_ user: UserID, completion: @escaping @Sendable (Result<Int, RequestError>) -> Void) {
        self.change([.removeCredential(.user, key: user.rawValue)]) { result in
            if case .failure(let error) = result { return completion(.failure(error)) }
            self.endRefused(user) { completion(.success($0)) }
        }
    }

    // MARK: Revocations

    /// Refuses tokens from now on, and ends the connections that rest on them, at once.
    ///
    /// - Parameters:
    ///   - forgetAt: the tokens have expired by then.
    ///   - completion: gets how many connections ended; runs exactly once, on any thread.
    package func revoke(
        _ revocation: Revocation, forgetAt: Timestamp? = nil,
        completion: @escaping @Sendable (Result<Int, RequestError>) -> Void
    ) {
        var entry: StoredCredential
        var concerned: UserID?
        switch revocation {
        case .token(let id):
            entry = self.standing(.revokedToken, key: SecretText.key(of: id), Identity(user: UserID("")))
        case .user(let user, let before):
            entry = self.standing(.revokedUser, key: user.rawValue, Identity(user: user))
            let earlier = self.credentials.credential(.revokedUser, key: user.rawValue, at: self.clock.now())
            entry.createdAt = max(before, earlier?.createdAt ?? before)
            concerned = user
        }
        if let forgetAt { entry.expiresAt = min(entry.expiresAt, forgetAt) }
        self.change([.putCredential(entry)]) { [concerned] result in
            if case .failure(let error) = result { return completion(.failure(error)) }
            self.endRefused(concerned) { completion(.success($0)) }
        }
    }

    /// Why somebody may not be connected whose credential holds: his token was revoked, or nobody knows him. `nil`: he may.
    package func refusal(of identity: Identity) -> RequestError? {
        let now = self.clock.now()
        if let id = identity.tokenID {
            let ids = [id, RefreshFamily.accessTokensID(of: id)].compactMap(\.self)
            let isRevoked = ids.contains {
                self.credentials.credential(.revokedToken, key: SecretText.key(of: $0), at: now) != nil
            }
            if isRevoked { return .credentialRevoked }
        }
        if let revocation = self.credentials.credential(.revokedUser, key: identity.user.rawValue, at: now) {
            // One that does not say when it was issued may be older.
            guard let issuedAt = identity.issuedAt, issuedAt >= revocation.createdAt.milliseconds else {
                return .credentialRevoked
            }
        }
        guard self.definition.auth.users == .known, self.user(identity.user) == nil else { return nil }
        return .userUnknown
    }

    /// Lets somebody in whose credential holds, unless there is a ``refusal(of:)``. The directory says what the credential does not.
    package func admit(_ identity: Identity?) -> Result<Identity?, RequestError> {
        guard var identity else { return .success(nil) }
        if let refusal = self.refusal(of: identity) { return .failure(refusal) }
        if identity.name == nil || identity.avatar == nil, let known = self.user(identity.user) {
            identity.name = identity.name ?? known.name
            identity.avatar = identity.avatar ?? known.avatar
        }
        return .success(identity)
    }

    /// - Parameter user: `nil`: whoever it concerns.
    func endRefused(_ user: UserID?, completion: @escaping @Sendable (Int) -> Void) {
        self.onEveryLoop(gatheredOn: self.eventLoops[0]) { hub in
            user.map { hub.endRefused(among: hub.sessions(of: $0)) } ?? hub.endRefused(among: Array(hub.allSessions))
        }.whenComplete { result in completion(((try? result.get()) ?? []).reduce(0, +)) }
    }

    /// Kept for as long as anything is.
    func standing(_ kind: StoredCredential.Kind, key: String, _ identity: Identity) -> StoredCredential {
        let now = self.clock.now()
        return StoredCredential(
            kind: kind, key: key, user: identity.user, content: identity.content(of: kind), createdAt: now,
            expiresAt: Timestamp(milliseconds: now.milliseconds + Self.longestSession))
    }
}

extension LoopHub {
    /// Why somebody whose credential held may not be connected after all: while he waited on his way in, what he was let in by may have
    /// ended, and the contract may have changed. To be asked in the turn in which his session is made.
    package func objection(to identity: Identity?) -> RequestError? {
        guard let identity else { return self.rules.definition.auth.mode == .required ? .signInNeeded : nil }
        if let key = identity.session, self.platform.session(key: key) == nil { return .sessionEnded }
        return self.platform.refusal(of: identity)
    }

    /// - Returns: how many of the sessions ended because their users may not be connected any more.
    @discardableResult
    func endRefused(among sessions: [Session]) -> Int {
        sessions.count { session in
            guard let identity = session.identity, let refusal = self.platform.refusal(of: identity) else {
                return false
            }
            session.endRefused(refusal)
            return true
        }
    }
}

extension RequestError {
    static let revokedReason = "revoked"

    fileprivate static let credentialRevoked = RequestError(
        .invalidCredentials, "the token was revoked", reason: Self.revokedReason)
    fileprivate static let userUnknown = RequestError(
        .invalidCredentials, "there is no such user", reason: "unknown_user")
}
