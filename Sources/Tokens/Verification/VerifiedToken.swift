// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// A token whose signature and dates were found good. Only a ``TokenVerifier`` makes one.
package struct VerifiedToken: Sendable {
    /// Latest time that dates are brought down to, in seconds since 1970 (in the year 2255): the
    /// difference to any present fits 64 bits of nanoseconds, so a timer can be set without a check.
    package static let latestTime: Int64 = 9_000_000_000

    /// All claims, as the issuer wrote them. The root is an object.
    package let claims: JSONDocument
    /// `exp` in seconds since 1970, fractions cut off, at most ``latestTime``. Leeway is not in it.
    package let expiresAt: Int64
    /// `iat` in seconds since 1970; what revocation of all tokens of a user before a time compares.
    package let issuedAt: Int64?
    /// `jti`; what revocation of one token compares.
    package let id: String?

    init(claims: JSONDocument) throws(TokenFault) {
        let root = claims.root
        guard let exp = root["exp"] else { throw .missingExpiry }
        guard let expiresAt = Self.seconds(exp) else { throw .malformed("exp is not a number") }
        self.expiresAt = expiresAt
        if let iat = root["iat"] {
            guard let issuedAt = Self.seconds(iat) else { throw .malformed("iat is not a number") }
            self.issuedAt = issuedAt
        } else {
            self.issuedAt = nil
        }
        // Were another kind let through, the token could not be revoked by its id.
        let id = root["jti"]
        guard id == nil || id?.kind == .string else { throw .malformed("jti is not a string") }
        self.id = id?.string
        self.claims = claims
    }

    /// The first of these claims that the token has and that is not null.
    package func claim(_ names: [String]) -> JSONNode? {
        for name in names {
            if let value = self.claims.root[name], !value.isNull { return value }
        }
        return nil
    }

    /// A NumericDate (RFC 7519 §2), which may have a fraction; nil for anything but a number.
    static func seconds(_ node: JSONNode) -> Int64? {
        guard let value = node.double else { return nil }
        let limit = Double(Self.latestTime)
        return Int64(min(max(value, -limit), limit).rounded(.down))
    }
}
