// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
package import JSON

/// Makes tokens: for the command line, and for tests. The server itself only verifies.
package struct TokenSigner: Sendable {
    private enum Material: Sendable {
        case secret(SymmetricKey)
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
    }

    /// The `kid` written into the header; nil: none.
    package let id: String?
    private let material: Material

    /// Signs with HS256. Errors as ``TokenKey/secret(_:id:)``.
    package static func secret(_ bytes: [UInt8], id: String? = nil) throws(KeyFault) -> TokenSigner {
        let key = try TokenKey.secret(bytes, id: id)
        guard case .secret(let secret) = key.material else { throw KeyFault(.unsupported, "not a secret") }
        return TokenSigner(id: id, material: .secret(secret))
    }

    /// Signs with RS256 or ES256, by the kind of a private key in PEM (PKCS #8, PKCS #1 or SEC 1, not encrypted).
    package static func privateKey(pem text: String, id: String? = nil) throws(KeyFault) -> TokenSigner {
        let pem = try PEMText(text, expecting: "a private key")
        guard pem.kind == "a private key" else {
            throw KeyFault(.unsupported, "the PEM text is \(pem.kind), not a private key")
        }
        if let key = try? P256.Signing.PrivateKey(pemRepresentation: pem.text) {
            return TokenSigner(id: id, material: .p256(key))
        }
        guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem.text) else {
            throw KeyFault(
                .unsupported,
                "the PEM text is neither an RSA private key of 2048 bits or more nor an EC one on P-256")
        }
        return TokenSigner(id: id, material: .rsa(key))
    }

    package var algorithm: TokenAlgorithm {
        switch self.material {
        case .secret: .hs256
        case .rsa: .rs256
        case .p256: .es256
        }
    }

    /// A compact token with these claims, as they are written. Nothing is added, so `exp` must be among them.
    package func token(claims: JSONNode) throws(KeyFault) -> String {
        guard claims.kind == .object else { throw KeyFault(.malformed, "claims are a JSON object") }
        return try self.token(payload: Array(claims.rawBytes))
    }

    /// A compact token with any bytes for claims: how tests make tokens that are wrong and well signed.
    package func token(payload: [UInt8]) throws(KeyFault) -> String {
        var header = JSONWriter()
        header.beginObject()
        header.key("alg")
        header.string(self.algorithm.rawValue)
        header.key("typ")
        header.string("JWT")
        if let id = self.id {
            header.key("kid")
            header.string(id)
        }
        header.endObject()
        return try self.token(header: header.bytes, payload: payload)
    }

    /// A compact token with any bytes for header and claims.
    package func token(header: [UInt8], payload: [UInt8]) throws(KeyFault) -> String {
        let input = Base64URL.encode(header) + "." + Base64URL.encode(payload)
        return input + "." + Base64URL.encode(try self.signature(for: Array(input.utf8)))
    }

    private func signature(for input: [UInt8]) throws(KeyFault) -> [UInt8] {
        do {
            switch self.material {
            case .secret(let key):
                return Array(HMAC<SHA256>.authenticationCode(for: input, using: key))
            case .rsa(let key):
                return Array(
                    try key.signature(for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5).rawRepresentation)
            case .p256(let key):
                return Array(try key.signature(for: SHA256.hash(data: input)).rawRepresentation)
            }
        } catch {
            throw KeyFault(.unsupported, "the private key cannot sign")
        }
    }
}
