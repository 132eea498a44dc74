// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras

extension TokenKey {
    /// A public key in PEM: `BEGIN PUBLIC KEY` of an RSA key (RS256) or of an EC key on P-256 (ES256), or
    /// `BEGIN RSA PUBLIC KEY`. Line breaks may be written as `\n`, as they are in environment variables.
    package static func publicKey(pem text: String, id: String? = nil) throws(KeyFault) -> TokenKey {
        let pem = try PEMText(text, expecting: "a public key")
        guard pem.label == "PUBLIC KEY" || pem.label == "RSA PUBLIC KEY" else {
            throw KeyFault(.unsupported, "the PEM text is \(pem.kind), not a public key")
        }
        if let key = try? P256.Signing.PublicKey(pemRepresentation: pem.text) {
            return TokenKey(id: id, material: .p256(key))
        }
        // The call that also takes short keys, so that the fault can name the size.
        guard let key = try? _RSA.Signing.PublicKey(unsafePEMRepresentation: pem.text) else {
            throw KeyFault(.unsupported, "the PEM text is neither an RSA public key nor an EC one on P-256")
        }
        return try Self.rsa(key, id: id)
    }

    /// An RSA key for RS256, if its size is one of ``rsaSizes``.
    static func rsa(_ key: _RSA.Signing.PublicKey, id: String?) throws(KeyFault) -> TokenKey {
        guard Self.rsaSizes.contains(key.keySizeInBits) else {
            throw KeyFault(
                .unsupported,
                "the RSA key has \(key.keySizeInBits) bits; "
                    + "\(Self.rsaSizes.lowerBound) to \(Self.rsaSizes.upperBound) are taken (RFC 7518 §3.3)")
        }
        return TokenKey(id: id, material: .rsa(key))
    }
}
