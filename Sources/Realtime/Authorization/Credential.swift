// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a client brought to show who it is. Nothing of it has been checked.
package struct Credential: Sendable {
    package var kind: AuthRules.CredentialKind
    /// Never logged.
    package var text: String
    /// The `Cookie` and `Authorization` headers as they came, for a backend that is asked about a session.
    package var cookieHeader: String?
    package var authorizationHeader: String?
    /// What the request carries behind this: with a one-time token there may be a credential that holds longer.
    package var others: [Credential] = []

    package init(
        _ kind: AuthRules.CredentialKind,
        _ text: String,
        cookieHeader: String? = nil,
        authorizationHeader: String? = nil
    ) {
        self.kind = kind
        self.text = text
        self.cookieHeader = cookieHeader
        self.authorizationHeader = authorizationHeader
    }
}
