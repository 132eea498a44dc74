// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Tokens

/// The present of most tests, and what they make tokens with.
enum TestVerifier {
    static let now: Int64 = 1_800_000_000
    static let goodClaims = #"{"sub":"did:example:alice","exp":1800000060}"#

    static func secretKey(id: String? = nil) throws -> TokenKey {
        try .secret(Array(TestKeys.secret.utf8), id: id)
    }

    static func signer(id: String? = nil) throws -> TokenSigner {
        try .secret(Array(TestKeys.secret.utf8), id: id)
    }

    static func make(
        _ keys: [TokenKey], requirements: TokenRequirements = TokenRequirements()
    ) throws -> TokenVerifier {
        TokenVerifier(ring: try KeyRing([.keys(keys)], now: Self.now), requirements: requirements)
    }

    /// A verifier with the secret and both public keys, as a platform with several issuers has.
    static func withAllKeys() throws -> TokenVerifier {
        try Self.make([
            try Self.secretKey(), try .publicKey(pem: TestKeys.rsaPublic), try .publicKey(pem: TestKeys.ecPublic),
        ])
    }

    static func keySet(_ keys: String...) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }
}

extension Result where Success == VerifiedToken, Failure == TokenFault {
    /// The code of the fault; nil when the token was found good.
    var faultCode: TokenFault.Code? {
        guard case .failure(let fault) = self else { return nil }
        return fault.code
    }

    var isGood: Bool { self.faultCode == nil }
}
