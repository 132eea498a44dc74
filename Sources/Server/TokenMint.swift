// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
package import Realtime
import Tokens

/// Makes tokens that a platform accepts, with the secret its contract names.
package struct TokenMint: Sendable {
    let rules: AuthRules
    private let signer: TokenSigner

    /// - Throws: ``ServerError`` when the contract names no secret; tokens of public keys are made by their issuer.
    package init(_ definition: PlatformDefinition) throws(ServerError) {
        self.rules = definition.auth
        for case .secret(let secret) in definition.auth.keys {
            do throws(KeyFault) {
                self.signer = try .secret(Array(secret.utf8))
                return
            } catch {
                throw ServerError("error: the secret of platform \"\(definition.name)\" cannot sign: \(error)")
            }
        }
        throw ServerError(
            "error: the contract of \"\(definition.name)\" has no secret to sign with; its tokens come from whoever has the private key"
        )
    }

    /// - Parameters:
    ///   - lifetime: seconds from now; negative for a token that has expired.
    ///   - claims: further claims, as JSON texts; none of those that the other parameters and the contract give.
    /// - Throws: ``ServerError`` when one of `claims` is given twice.
    package func token(
        user: String,
        roles: [String],
        lifetime: Int64,
        claims: [(name: String, json: [UInt8])] = []
    ) throws(ServerError) -> String {
        let now = SystemClock().now().milliseconds / 1000
        var names: Set<String> = []
        var writer = JSONWriter()
        func begin(_ name: String) {
            names.insert(name)
            writer.key(name)
        }
        writer.beginObject()
        begin(self.rules.userClaims.first ?? "sub")
        writer.string(user)
        if !roles.isEmpty {
            begin(self.rules.roleClaims.first ?? "roles")
            writer.beginArray()
            for role in roles { writer.string(role) }
            writer.endArray()
        }
        if let issuer = self.rules.issuer {
            begin("iss")
            writer.string(issuer)
        }
        if let audience = self.rules.audience {
            begin("aud")
            writer.string(audience)
        }
        begin("iat")
        writer.int(Int(now))
        begin("exp")
        writer.int(Int(now + lifetime))
        for claim in claims {
            guard !names.contains(claim.name) else {
                throw ServerError("error: the claim \"\(claim.name)\" is in the token already")
            }
            begin(claim.name)
            writer.raw(claim.json)
        }
        writer.endObject()
        do { return try self.signer.token(payload: writer.bytes) } catch { throw ServerError("error: \(error)") }
    }
}
