// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import JSON

/// The keys of a JWK set, or of a single JWK (RFC 7517), that can verify tokens here.
///
/// Taken: `oct` (HS256), `RSA` (RS256) and `EC` on P-256 (ES256), unless `use`, `key_ops` or `alg` say that
/// the key is for something else. Others are left out and counted in ``leftOut``, as RFC 7517 §5 asks, so that an issuer
/// may add new kinds. A private key's private members are ignored.
package struct JSONWebKeys: Sendable {
    /// Largest document read, in bytes. Real sets have 1 to 10 KiB.
    package static let maximumByteCount = 256 * 1024
    /// Most keys in one document: each may have to be tried for a token without `kid`.
    package static let maximumCount = 64

    /// In the order of the document.
    package let keys: [TokenKey]
    /// Why keys were left out, one line each, by position counted from 1.
    package let leftOut: [String]

    /// Errors: not JSON, neither a set nor a key, too large, too many keys, or no usable key at all.
    ///
    /// - Parameter allowsSecrets: false leaves `oct` keys out: a secret that can be read at an address is none.
    package init(parsing bytes: [UInt8], allowsSecrets: Bool = true) throws(KeyFault) {
        guard bytes.count <= Self.maximumByteCount else {
            throw KeyFault(.tooLarge, "the key set has more than \(Self.maximumByteCount) bytes")
        }
        let document: JSONDocument
        do { document = try JSONDocument(parsing: bytes, maximumDepth: CompactToken.maximumDepth) } catch {
            throw KeyFault(.malformed, "the key set is not JSON: \(error)")
        }
        let nodes: [JSONNode]
        if let members = document.root["keys"], members.kind == .array {
            guard members.count <= Self.maximumCount else {
                throw KeyFault(.tooLarge, "the key set has \(members.count) keys; \(Self.maximumCount) is the most")
            }
            nodes = Array(members.elements)
        } else if document.root["kty"] != nil {
            nodes = [document.root]
        } else {
            throw KeyFault(.malformed, "neither a JWK set (an object with a keys array) nor a JWK")
        }
        var keys: [TokenKey] = []
        var leftOut: [String] = []
        for (position, node) in nodes.enumerated() {
            do throws(KeyFault) {
                keys.append(try Self.key(node, allowsSecrets: allowsSecrets))
            } catch {
                leftOut.append("key \(position + 1): \(error.message)")
            }
        }
        guard !keys.isEmpty else {
            throw KeyFault(
                .noUsableKey, "the key set has no usable key" + (leftOut.first.map { " (\($0))" } ?? ""))
        }
        self.keys = keys
        self.leftOut = leftOut
    }

    private static func key(_ node: JSONNode, allowsSecrets: Bool) throws(KeyFault) -> TokenKey {
        guard node.kind == .object, let kind = node["kty"]?.string else {
            throw KeyFault(.malformed, "not an object with a kty")
        }
        if let use = node["use"], !use.isString(equalTo: "sig") {
            throw KeyFault(.unsupported, "its use is not sig")
        }
        if let operations = node["key_ops"],
            !operations.elements.contains(where: { $0.isString(equalTo: "verify") })
        {
            throw KeyFault(.unsupported, "its key_ops do not have verify")
        }
        let id = node["kid"]
        guard id == nil || id?.kind == .string else { throw KeyFault(.malformed, "its kid is not a string") }
        let key: TokenKey
        switch kind {
        case "oct":
            guard allowsSecrets else { throw KeyFault(.unsupported, "a secret (kty oct) is not taken from an address") }
            key = try .secret(try Self.bytes(of: "k", in: node), id: id?.string)
        case "RSA": key = try Self.rsa(node, id: id?.string)
        case "EC": key = try Self.p256(node, id: id?.string)
        default: throw KeyFault(.unsupported, "its kty is not oct, RSA or EC")
        }
        if let algorithm = node["alg"], !algorithm.isString(equalTo: key.algorithm.rawValue) {
            throw KeyFault(.unsupported, "its alg is not \(key.algorithm.rawValue)")
        }
        return key
    }

    private static func rsa(_ node: JSONNode, id: String?) throws(KeyFault) -> TokenKey {
        let modulus = try Self.bytes(of: "n", in: node).drop { $0 == 0 }
        let exponent = try Self.bytes(of: "e", in: node).drop { $0 == 0 }
        // Checked before the library sees it: it refuses short keys without saying why.
        guard modulus.count * 8 >= TokenKey.rsaSizes.lowerBound else {
            throw KeyFault(.unsupported, "the RSA key has fewer than \(TokenKey.rsaSizes.lowerBound) bits")
        }
        guard let key = try? _RSA.Signing.PublicKey(n: Array(modulus), e: Array(exponent)) else {
            throw KeyFault(.unsupported, "n and e are not an RSA key that can be used")
        }
        return try .rsa(key, id: id)
    }

    private static func p256(_ node: JSONNode, id: String?) throws(KeyFault) -> TokenKey {
        guard node["crv"]?.isString(equalTo: "P-256") == true else {
            throw KeyFault(.unsupported, "its curve is not P-256")
        }
        let (x, y) = (try Self.bytes(of: "x", in: node), try Self.bytes(of: "y", in: node))
        // An uncompressed point (SEC 1 §2.3.3): 4, x, y. The library checks that it is on the curve.
        guard x.count == 32, y.count == 32, let key = try? P256.Signing.PublicKey(x963Representation: [4] + x + y)
        else { throw KeyFault(.malformed, "x and y are not a point on P-256") }
        return TokenKey(id: id, material: .p256(key))
    }

    private static func bytes(of member: String, in node: JSONNode) throws(KeyFault) -> [UInt8] {
        guard let text = node[member]?.string, let bytes = Base64URL.decode(text) else {
            throw KeyFault(.malformed, "its \(member) is not Base64url")
        }
        return bytes
    }
}
