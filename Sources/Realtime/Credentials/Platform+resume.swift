// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
package import NIOCore

/// One-time tokens with which a client takes its connection up again.
extension Platform {
    /// Makes a token for whoever is connected now. It ends with what the connection rests on, if that is earlier.
    ///
    /// - Parameter completion: runs exactly once, on any thread, when the token is kept.
    func makeResumeToken(
        for identity: Identity,
        age: Int64,
        completion: @escaping @Sendable (Result<(token: String, expiresAt: Timestamp), RequestError>) -> Void
    ) {
        let token = SecretText.make()
        let now = self.clock.now()
        let latest = Timestamp(milliseconds: now.milliseconds + min(max(age, 0), Self.longestSession))
        let expiresAt = min(latest, identity.expiresAt.map { Timestamp(milliseconds: $0) } ?? latest)
        let credential = StoredCredential(
            kind: .resume, key: SecretText.key(of: token), user: identity.user, content: identity.content(of: .resume),
            createdAt: now, expiresAt: expiresAt)
        self.change([.putCredential(credential)]) { completion($0.map { (token, expiresAt) }) }
    }

    /// Takes a token, which holds exactly once: of two connections that bring it one gets the identity, and that only when the
    /// store has forgotten the token.
    ///
    /// - Parameter completion: runs exactly once, on `eventLoop`, where a session made during the call still ends with the session
    ///   that the token's owner rests on. A token that is unknown, used or old, or whose session has ended, is
    ///   `invalidCredentials`.
    package func takeResumeToken(
        _ token: String,
        on eventLoop: any EventLoop,
        completion: @escaping @Sendable (Result<Identity, RequestError>) -> Void
    ) {
        let key = SecretText.key(of: token)
        guard let credential = self.credentials.take(.resume, key: key, at: self.clock.now()) else {
            return eventLoop.execute { completion(.failure(.resumeTokenInvalid)) }
        }
        self.change([.removeCredential(.resume, key: key)]) { result in
            if case .failure = result { self.credentials.putBack(credential) }
            eventLoop.execute {
                completion(
                    result.flatMap { _ in
                        let identity = Identity(credential)
                        if let session = identity.session, self.session(key: session) == nil {
                            return .failure(.sessionEnded)
                        }
                        return .success(identity)
                    })
            }
        }
    }
}

extension Session {
    /// Gives the client a token for its next connection, when the platform has such and has words for it.
    package func offerResumeToken() {
        guard let identity, let rules = self.hub.rules.definition.auth.resume,
            self.hub.rules.definition.frames.resume != nil
        else { return }
        let session = NIOLoopBound(self, eventLoop: self.port.eventLoop)
        let platform = self.platform
        platform.makeResumeToken(for: identity, age: rules.age) { result in
            switch result {
            case .success(let resume): session.eventLoop.execute { session.value.notify(of: resume) }
            // The client keeps its connection, and signs in again for the next one.
            case .failure(let error): platform.report("a one-time token could not be kept: \(error.message)")
            }
        }
    }

    private func notify(of resume: (token: String, expiresAt: Timestamp)) {
        guard self.isOpen else { return }
        var scope = TemplateScope(now: self.platform.clock.now())
        self.fill(&scope)
        scope.resume = resume
        if let frame = self.dialect.encode(.resume, in: scope) { self.port.send(frame) }
    }
}

extension RequestError {
    static let resumeTokenInvalid = RequestError(
        .invalidCredentials, "the token was used, or does not hold any more", reason: "invalid")
}
