// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// A compact JWS taken apart, nothing of it believed yet (RFC 7515 §7.1).
///
/// Holds addresses inside the caller's text: lives no longer than the call that lent it.
struct CompactToken {
    /// What the header says: the token's own claim, only ever compared with what a key is for.
    struct Header {
        let algorithm: TokenAlgorithm
        let keyID: JSONNode?
    }

    /// Deepest nesting of header and claims; real ones have three or four levels.
    static let maximumDepth = 16

    let header: Header
    /// Header and payload as sent, with the dot between them: what the signature covers.
    let signingInput: UnsafeRawBufferPointer
    let signature: [UInt8]
    private let payload: [UInt8]

    init(_ text: UnsafeRawBufferPointer) throws(TokenFault) {
        let dot = UInt8(ascii: ".")
        guard let first = text.firstIndex(of: dot), let second = text[(first + 1)...].firstIndex(of: dot),
            !text[(second + 1)...].contains(dot)
        else { throw .malformed("a token has three parts with dots between them") }
        self.header = try Self.header(Self.slice(text, 0..<first))
        guard let payload = Base64URL.decode(Self.slice(text, (first + 1)..<second)) else {
            throw .malformed("the claims are not Base64url")
        }
        guard let signature = Base64URL.decode(Self.slice(text, (second + 1)..<text.count)) else {
            throw .malformed("the signature is not Base64url")
        }
        self.signingInput = Self.slice(text, 0..<second)
        self.signature = signature
        self.payload = payload
    }

    /// The claims. Called after the signature was found good: a stranger's JSON is not parsed.
    func claims() throws(TokenFault) -> JSONDocument {
        let claims: JSONDocument
        do { claims = try JSONDocument(parsing: self.payload, maximumDepth: Self.maximumDepth) } catch {
            throw .malformed("the claims are not JSON")
        }
        guard claims.root.kind == .object else { throw .malformed("the claims are not a JSON object") }
        return claims
    }

    private static func header(_ text: UnsafeRawBufferPointer) throws(TokenFault) -> Header {
        guard let bytes = Base64URL.decode(text) else { throw .malformed("the header is not Base64url") }
        let document: JSONDocument
        do { document = try JSONDocument(parsing: bytes, maximumDepth: Self.maximumDepth) } catch {
            throw .malformed("the header is not JSON")
        }
        guard document.root.kind == .object else { throw .malformed("the header is not a JSON object") }
        guard let name = document.root["alg"], name.kind == .string else {
            throw .malformed("the header has no alg")
        }
        // A critical extension is one that must be understood, and we understand none (RFC 7515 §4.1.11).
        guard document.root["crit"] == nil else { throw .malformed("the header has critical extensions") }
        guard let algorithm = TokenAlgorithm.allCases.first(where: { name.isString(equalTo: $0.rawValue) }) else {
            throw .unsupportedAlgorithm
        }
        let keyID = document.root["kid"]
        guard keyID == nil || keyID?.kind == .string else { throw .malformed("the header's kid is not a string") }
        return Header(algorithm: algorithm, keyID: keyID)
    }

    private static func slice(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: text[range])
    }
}
