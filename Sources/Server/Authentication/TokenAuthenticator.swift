// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Realtime
import Tokens

/// Knows users by the tokens that the platform's contract describes.
final class TokenAuthenticator: Sendable {
    private let rules: AuthRules
    private let verifier: TokenVerifier?
    private let keepsClaims: Bool
    private let clock: any WallClock
    private let log: @Sendable (String) -> Void

    /// - Parameters:
    ///   - keepsClaims: the platform's templates use them.
    ///   - log: told why a token was refused; never told a token.
    init(
        _ rules: AuthRules,
        verifier: TokenVerifier?,
        keepsClaims: Bool,
        clock: any WallClock,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.rules = rules
        self.verifier = verifier
        self.keepsClaims = keepsClaims
        self.clock = clock
        self.log = log
    }

    /// - Parameter completion: runs exactly once, on `eventLoop`; before the call returns unless keys have to be fetched.
    func identify(
        _ token: String,
        on eventLoop: any EventLoop,
        completion: @escaping (Result<Identity, RequestError>) -> Void
    ) {
        guard let verifier = self.verifier else { return completion(.failure(.tokenInvalid)) }
        let now = self.clock.now().milliseconds / 1000
        switch verifier.verify(token, now: now) {
        case .failure(let fault) where fault.code == .unknownKey && verifier.canRefreshKeys:
            // The issuer may have changed its keys since they were read.
            let completion = NIOLoopBound(completion, eventLoop: eventLoop)
            verifier.verify(token, now: now) { result in
                eventLoop.execute { completion.value(self.identity(result)) }
            }
        case let result: completion(self.identity(result))
        }
    }

    private func identity(_ result: Result<VerifiedToken, TokenFault>) -> Result<Identity, RequestError> {
        switch result {
        case .failure(let fault):
            self.log("refused a token: \(fault)")
            return .failure(fault.code == .expired ? .tokenExpired : .tokenInvalid)
        case .success(let token):
            guard let user = token.claim(self.rules.userClaims)?.string, !user.isEmpty else {
                self.log("refused a token: it names no user in \(self.rules.userClaims.joined(separator: ", "))")
                return .failure(.tokenInvalid)
            }
            var identity = Identity(user: UserID(user))
            identity.name = token.claim(self.rules.nameClaims)?.string
            identity.avatar = token.claim(self.rules.avatarClaims)?.string
            identity.roles = Self.roles(token.claim(self.rules.roleClaims))
            identity.claims = self.keepsClaims ? token.claims : nil
            identity.expiresAt = token.expiresAt * 1000
            identity.issuedAt = token.issuedAt.map { $0 * 1000 }
            identity.tokenID = token.id
            return .success(identity)
        }
    }

    /// One role, or an array of them.
    private static func roles(_ node: JSONNode?) -> [String] {
        guard let node else { return [] }
        if let role = node.string { return [role] }
        return node.kind == .array ? node.elements.compactMap(\.string) : []
    }
}

extension RequestError {
    fileprivate static let tokenInvalid = RequestError(
        .invalidCredentials, "the token is not valid", reason: "invalid")
    fileprivate static let tokenExpired = RequestError(
        .invalidCredentials, "the token is not valid", reason: "expired")
}
