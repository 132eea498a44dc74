// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// What a token must meet besides a good signature. Immutable; chosen by the platform's configuration.
package struct TokenRequirements: Sendable {
    /// The longest leeway; more would make expiry meaningless.
    package static let longestLeeway = Duration.seconds(600)

    /// `iss` must be one of these; empty: any issuer, and tokens without `iss`.
    package var issuers: [String]
    /// `aud` must hold one of these; empty: any audience, and tokens without `aud`.
    package var audiences: [String]
    /// How far the issuer's clock and ours may differ, for `exp` and `nbf`. Whole seconds, from 0 to
    /// ``longestLeeway``; values outside are brought to the nearer end.
    package var leeway: Duration
    /// The longest token read, in bytes. 8 KiB is what common servers allow for all headers together.
    package var maximumByteCount: Int

    package init(
        issuers: [String] = [],
        audiences: [String] = [],
        leeway: Duration = .seconds(5),
        maximumByteCount: Int = 8 * 1024
    ) {
        self.issuers = issuers
        self.audiences = audiences
        self.leeway = leeway
        self.maximumByteCount = maximumByteCount
    }

    private var leewaySeconds: Int64 { min(max(self.leeway, .zero), Self.longestLeeway).components.seconds }

    /// Whether a token with a good signature is for now and for us.
    func check(_ token: VerifiedToken, now: Int64) throws(TokenFault) {
        let root = token.claims.root
        // "On or after" is too late (RFC 7519 §4.1.4).
        guard now < token.expiresAt + self.leewaySeconds else { throw .expired }
        if let nbf = root["nbf"] {
            guard let start = VerifiedToken.seconds(nbf) else { throw .malformed("nbf is not a number") }
            guard now >= start - self.leewaySeconds else { throw .notYetValid }
        }
        if !self.issuers.isEmpty {
            guard let issuer = root["iss"], self.issuers.contains(where: { issuer.isString(equalTo: $0) }) else {
                throw .wrongIssuer
            }
        }
        if !self.audiences.isEmpty {
            guard let audience = root["aud"], self.hears(audience) else { throw .wrongAudience }
        }
    }

    /// `aud` is one string or an array of them (RFC 7519 §4.1.3).
    private func hears(_ audience: JSONNode) -> Bool {
        func isOurs(_ node: JSONNode) -> Bool { self.audiences.contains { node.isString(equalTo: $0) } }
        return isOurs(audience) || audience.elements.contains(where: isOurs)
    }
}
