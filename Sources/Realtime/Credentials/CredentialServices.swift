// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Signs access tokens that the platform accepts.
package protocol AccessTokenIssuer: Sendable {
    /// A token with what `identity` says of the user, from now on. Does not block.
    ///
    /// - Parameters:
    ///   - id: the token's `jti`.
    ///   - lifetime: seconds, above 0.
    /// - Returns: fails when it would be longer than tokens may be.
    func accessToken(for identity: Identity, id: String, lifetime: Int64) -> Result<String, RequestError>
}

/// What a platform needs to know and to make credentials, which whoever serves it lends. Threads: any.
package final class CredentialServices: Sendable {
    private struct State {
        var authenticator: (any Authenticator)?
        var issuer: (any AccessTokenIssuer)?
    }

    private let state = Mutex(State())

    init() {}

    /// `nil`: nobody can bring another credential to a connection.
    var authenticator: (any Authenticator)? { self.state.withLock { $0.authenticator } }

    /// `nil`: there is nothing to sign with.
    var issuer: (any AccessTokenIssuer)? { self.state.withLock { $0.issuer } }

    package func exchange(authenticator: (any Authenticator)?, issuer: (any AccessTokenIssuer)?) {
        self.state.withLock { $0 = State(authenticator: authenticator, issuer: issuer) }
    }
}
