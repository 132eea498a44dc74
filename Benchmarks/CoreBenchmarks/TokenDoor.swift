// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Realtime
import Tokens

/// Checks tokens as the server does, and makes no more of them than a user.
struct TokenDoor: Authenticator {
    let verifier: TokenVerifier

    func authenticate(
        _ credential: Credential?,
        on eventLoop: any EventLoop,
        completion: @escaping (Result<Identity?, RequestError>) -> Void
    ) {
        let now = SystemClock().now().milliseconds / 1000
        guard let credential, case .success(let token) = self.verifier.verify(credential.text, now: now),
            let user = token.claim(["sub"])?.string
        else { return completion(.failure(RequestError(.unauthenticated, "no token"))) }
        completion(.success(Identity(user: UserID(user))))
    }
}
