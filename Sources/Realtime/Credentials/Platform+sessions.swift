// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The platform's own sessions: made and ended by its backend, kept in the store.
extension Platform {
    /// A session lasts a hundred years at most.
    package static let longestSession: Int64 = 36_525 * 86_400_000

    /// Makes a session for a user.
    ///
    /// - Parameters:
    ///   - identity: the user, and what is known of him; its times and its session are of no concern.
    ///   - lifetime: milliseconds, above 0.
    ///   - completion: gets the id, which only whoever gets it now ever sees; runs exactly once, on any thread, when the
    ///     session is kept.
    package func createSession(
        for identity: Identity,
        lifetime: Int64,
        completion: @escaping @Sendable (Result<(id: String, session: StoredCredential), RequestError>) -> Void
    ) {
        let id = SecretText.make()
        let now = self.clock.now()
        let session = StoredCredential(
            kind: .session, key: SecretText.key(of: id), user: identity.user, content: identity.content(of: .session),
            createdAt: now,
            expiresAt: Timestamp(milliseconds: now.milliseconds + min(max(lifetime, 1), Self.longestSession)))
        self.change([.putCredential(session)]) { completion($0.map { (id, session) }) }
    }

    /// - Parameter key: the SHA-256 of the session's id; see ``SecretText``.
    package func session(key: String) -> StoredCredential? {
        self.credentials.credential(.session, key: key, at: self.clock.now())
    }

    /// A user's sessions, oldest first.
    package func sessions(of user: UserID) -> [StoredCredential] {
        self.credentials.sessions(of: user, at: self.clock.now())
    }

    /// Whom the session of this id is for.
    package func identity(ofSession id: String) -> Identity? {
        self.session(key: SecretText.key(of: id)).map { Identity($0) }
    }

    /// Ends sessions for good and, at once, the connections that rest on them, with the platform's words for `sessionEnded`.
    ///
    /// A connection that is being opened with one of them is either refused or among those that end.
    /// - Parameter completion: runs exactly once, on any thread, when no connection rests on them any more.
    package func end(
        _ sessions: [StoredCredential],
        completion: @escaping @Sendable (Result<Void, RequestError>) -> Void
    ) {
        self.change(sessions.map { .removeCredential(.session, key: $0.key) }) { result in
            guard case .success = result else { return completion(result) }
            let keys = Set(sessions.map(\.key))
            let users = Set(sessions.map(\.user))
            self.onEveryLoop(gatheredOn: self.eventLoops[0]) { hub in
                for session in users.flatMap({ hub.sessions(of: $0) }) {
                    if let key = session.identity?.session, keys.contains(key) { session.end(.sessionEnded) }
                }
            }.whenComplete { _ in completion(.success(())) }
        }
    }
}

extension RequestError {
    package static let sessionEnded = RequestError(
        .sessionEnded, "the session has ended", reason: "ended")
}
