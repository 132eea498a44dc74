// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
package import Realtime

extension TokenMint: AccessTokenIssuer {
    /// Longer ones are not read by ``TokenVerifier``.
    private static let maximumByteCount = 8 * 1024

    package func accessToken(
        for identity: Identity, id: String, lifetime: Int64
    ) -> Result<String, RequestError> {
        var writer = JSONWriter()
        writer.string(id)
        var claims: [(name: String, json: [UInt8])] = [("jti", writer.bytes)]
        for (names, value) in [(self.rules.nameClaims, identity.name), (self.rules.avatarClaims, identity.avatar)] {
            guard let name = names.first, let value else { continue }
            var writer = JSONWriter()
            writer.string(value)
            claims.append((name, writer.bytes))
        }
        // What the server says itself counts.
        var known = self.ownClaims
        known.formUnion(claims.map(\.name))
        if let further = identity.claims {
            for member in further.root.members where known.insert(member.name).inserted {
                claims.append((member.name, Array(member.value.rawBytes)))
            }
        }
        do throws(ServerError) {
            let token = try self.token(
                user: identity.user.rawValue, roles: identity.roles, lifetime: lifetime, claims: claims)
            guard token.utf8.count <= Self.maximumByteCount else {
                return .failure(
                    RequestError(
                        .invalidRequest, "the token would have \(token.utf8.count) bytes, more than one may have"))
            }
            return .success(token)
        } catch {
            return .failure(RequestError(.internalError, "\(error)"))
        }
    }

    /// Claims that every token has, and those that say who the user is.
    private var ownClaims: Set<String> {
        let users = self.rules.userClaims + self.rules.roleClaims
        return Set(users + ["iss", "aud", "iat", "exp", "nbf", "jti"])
    }
}
