// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras

/// One key that tokens are verified with, bound to one algorithm.
///
/// The algorithm belongs to the key, never to the token: a public key cannot be used as a secret by a
/// token that says HS256 (RFC 8725 §3.1). The arithmetic is swift-crypto's; a ready JWT library was not
/// taken because its verification is an actor's, one task a handshake and 20–40 µs around it.
package struct TokenKey: Sendable {
    enum Material: Sendable {
        case secret(SymmetricKey)
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
    }

    /// The shortest secret taken at all, in bytes.
    package static let shortestSecret = 16
    /// The shortest secret that is as strong as HS256 (RFC 7518 §3.2), in bytes.
    package static let soundSecret = 32
    /// RSA sizes in bits. The lower end is RFC 7518 §3.3's; past the upper one a single verification costs
    /// more than a handshake may.
    static let rsaSizes = 2048...8192

    /// The key's `kid`; nil: the key is tried for any token of its algorithm.
    package let id: String?
    let material: Material

    init(id: String?, material: Material) {
        self.id = id
        self.material = material
    }

    package var algorithm: TokenAlgorithm {
        switch self.material {
        case .secret: .hs256
        case .rsa: .rs256
        case .p256: .es256
        }
    }

    /// A warning about this key, for the caller to show, or to refuse in production; nil when sound.
    package var weakness: KeyFault? {
        guard case .secret(let key) = self.material, key.bitCount < Self.soundSecret * 8 else { return nil }
        return KeyFault(
            .weak, "the secret has \(key.bitCount / 8) bytes; HS256 needs \(Self.soundSecret) (RFC 7518 §3.2)")
    }

    /// A secret shared with the issuer, for HS256.
    ///
    /// Errors: fewer than ``shortestSecret`` bytes, or a PEM text, which is a public key in the wrong place.
    /// Up to ``soundSecret`` bytes the key is made and has a ``weakness``.
    package static func secret(_ bytes: [UInt8], id: String? = nil) throws(KeyFault) -> TokenKey {
        guard bytes.count >= Self.shortestSecret else {
            throw KeyFault(
                .weak,
                "the secret has \(bytes.count) bytes; \(Self.shortestSecret) is the least, "
                    + "and HS256 needs \(Self.soundSecret) (RFC 7518 §3.2)")
        }
        // Everybody knows a public key: as a secret it would let everybody sign.
        guard !bytes.starts(with: "-----BEGIN ".utf8) else {
            throw KeyFault(.malformed, "the secret is a PEM text; a public key must be configured as one")
        }
        return TokenKey(id: id, material: .secret(SymmetricKey(data: bytes)))
    }

    /// Whether `signature` is this key's over `input`. Any length of signature is fine to ask about.
    /// Takes the same time for a secret wherever the difference is.
    func isValid(_ signature: [UInt8], for input: UnsafeRawBufferPointer) -> Bool {
        switch self.material {
        case .secret(let key):
            return HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: input, using: key)
        case .rsa(let key):
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            return key.isValidSignature(signature, for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5)
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: SHA256.hash(data: input))
        }
    }
}
