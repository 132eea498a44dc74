// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
package import Realtime
import Tokens

/// Makes tokens that a platform accepts, with the secret its contract names: for development and tests.
package struct TokenMint {
    private let rules: AuthRules
    private let signer: TokenSigner

    /// - Throws: ``ServerError`` when the contract names no secret; tokens of public keys are made by their issuer.
    package init(_ definition: PlatformDefinition) throws(ServerError) {
        self.rules = definition.auth
        for case .secret(let secret) in definition.auth.keys {
            do throws(KeyFault) {
                self.signer = try .secret(Array(secret.utf8))
                return
            } catch {
                throw ServerError("the secret of platform \"\(definition.name)\" cannot sign: \(error)")
            }
        }
        throw ServerError(
            "the contract of \"\(definition.name)\" has no secret to sign with; tokens come from whoever has the private key"
        )
    }

    /// - Parameters:
    ///   - lifetime: seconds from now; negative for a token that has expired.
    ///   - claims: further claims, as JSON texts.
    package func token(
        user: String,
        roles: [String],
        lifetime: Int64,
        claims: [(name: String, json: [UInt8])] = []
    ) throws(ServerError) -> String {
        let now = SystemClock().now().milliseconds / 1000
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(self.rules.userClaims.first ?? "sub")
        writer.string(user)
        if !roles.isEmpty {
            writer.key(self.rules.roleClaims.first ?? "roles")
            writer.beginArray()
            for role in roles { writer.string(role) }
            writer.endArray()
        }
        if let issuer = self.rules.issuer {
            writer.key("iss")
            writer.string(issuer)
        }
        if let audience = self.rules.audience {
            writer.key("aud")
            writer.string(audience)
        }
        writer.key("iat")
        writer.int(Int(now))
        writer.key("exp")
        writer.int(Int(now + lifetime))
        for claim in claims {
            writer.key(claim.name)
            writer.raw(claim.json)
        }
        writer.endObject()
        do { return try self.signer.token(payload: writer.bytes) } catch { throw ServerError("\(error)") }
    }
}
