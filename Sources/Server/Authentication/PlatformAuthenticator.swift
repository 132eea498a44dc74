// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Realtime
import Tokens

/// Knows users by every kind of credential that the platform's contract takes.
final class PlatformAuthenticator: Authenticator {
    private let platform: Platform
    private let rules: AuthRules
    private let tokens: TokenAuthenticator
    private let signedIDs: SignedValue?
    private let askedSessions: AskedSessions?
    private let keepsClaims: Bool

    /// - Parameters:
    ///   - rules: how the contract knows users.
    ///   - askedSessions: knows the sessions; `nil`: the platform's own store does.
    ///   - keepsClaims: the platform's templates or rights use them.
    init(
        _ platform: Platform, rules: AuthRules, tokens: TokenAuthenticator, askedSessions: AskedSessions?,
        keepsClaims: Bool
    ) {
        self.platform = platform
        self.rules = rules
        self.tokens = tokens
        self.signedIDs = rules.sessions.secret.map { SignedValue(secret: $0) }
        self.askedSessions = askedSessions
        self.keepsClaims = keepsClaims
    }

    func authenticate(
        _ credential: Credential?,
        on eventLoop: any EventLoop,
        completion: @escaping (Result<Identity?, RequestError>) -> Void
    ) {
        guard self.rules.mode != .none else { return completion(.success(nil)) }
        let platform = self.platform
        let completion = { (result: Result<Identity?, RequestError>) in
            completion(result.flatMap { platform.admit($0) })
        }
        guard let credential, !credential.text.isEmpty else {
            return completion(self.rules.mode == .required ? .failure(.credentialMissing) : .success(nil))
        }
        switch credential.kind {
        case .jwt: self.tokens.identify(credential.text, on: eventLoop) { completion($0.map { $0 }) }
        case .session: self.identify(session: credential, on: eventLoop) { completion($0.map { self.trimmed($0) }) }
        case .resume:
            let completion = NIOLoopBound(completion, eventLoop: eventLoop)
            self.platform.takeResumeToken(credential.text, on: eventLoop) {
                completion.value($0.map { self.trimmed($0) })
            }
        }
    }

    private func identify(
        session credential: Credential,
        on eventLoop: any EventLoop,
        completion: @escaping (Result<Identity, RequestError>) -> Void
    ) {
        guard let id = self.sessionID(credential.text) else { return completion(.failure(.sessionUnknown)) }
        guard let askedSessions else {
            return completion(self.platform.identity(ofSession: id).map { .success($0) } ?? .failure(.sessionUnknown))
        }
        let completion = NIOLoopBound(completion, eventLoop: eventLoop)
        askedSessions.ask(about: credential, on: eventLoop) { result in
            if eventLoop.inEventLoop {
                completion.value(result)
            } else {
                eventLoop.execute { completion.value(result) }
            }
        }
    }

    /// The id that a client's text stands for; `nil` when it is not signed as the contract wants it.
    private func sessionID(_ text: String) -> String? {
        guard let signedIDs else { return text }
        // Cookies of the package named above are percent-encoded, other carriers are not.
        guard let decoded = PercentEncoding.decode(text) else { return nil }
        return signedIDs.value(of: decoded)
    }

    /// Claims are only kept where something uses them.
    private func trimmed(_ identity: Identity) -> Identity {
        var identity = identity
        if !self.keepsClaims { identity.claims = nil }
        return identity
    }
}

extension RequestError {
    static let credentialMissing = RequestError(
        .unauthenticated, "authentication is required", reason: "missing")
    static let sessionUnknown = RequestError(
        .invalidCredentials, "there is no such session, or it has ended", reason: "invalid")
}
