// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing
import Tokens

@Suite struct InteroperationTests {
    @Test(arguments: [
        (TestTokens.rfcHS256, TestTokens.rfcHS256JWK), (TestTokens.rfcRS256, TestTokens.rfcRS256JWK),
        (TestTokens.rfcES256, TestTokens.rfcES256JWK),
    ])
    func `the examples of RFC 7515 verify with their keys until they expire`(token: String, key: String) throws {
        let verifier = try TestVerifier.make(try JSONWebKeys(parsing: Array(key.utf8)).keys)
        let verified = try verifier.verify(token, now: TestTokens.rfcExpiry - 1).get()
        #expect(verified.claim(["iss"])?.string == "joe")
        #expect(verified.claim(["http://example.com/is_root"])?.bool == true)
        #expect(verified.expiresAt == TestTokens.rfcExpiry)
        #expect(verifier.verify(token, now: TestTokens.rfcExpiry + 5).faultCode == .expired)
    }

    @Test(arguments: [TestTokens.hs256, TestTokens.rs256, TestTokens.es256, TestTokens.rs256WithoutKeyID])
    func `tokens of another implementation verify with keys in PEM`(token: String) throws {
        let requirements = TokenRequirements(issuers: ["https://issuer.example"], audiences: ["switchboard"])
        let verifier = try TestVerifier.make(
            [
                try TestVerifier.secretKey(), try .publicKey(pem: TestKeys.rsaPublic),
                try .publicKey(pem: TestKeys.ecPublic),
            ], requirements: requirements)
        let verified = try verifier.verify(token, now: TestVerifier.now).get()
        #expect(verified.claim(["sub"])?.string == "did:example:alice")
        #expect(verified.claim(["note"])?.string == "h\u{E9}llo \u{1F44B}")
        #expect(verified.claim(["roles"])?.elements.map(\.string) == ["buyer", "governance_signer"])
        #expect(verified.id == "interop-1")
        #expect(verified.issuedAt == 1_700_000_000)
        #expect(verified.expiresAt == TestTokens.expiry)
    }

    @Test(arguments: [TestTokens.rs256, TestTokens.es256, TestTokens.rs256WithoutKeyID])
    func `tokens of another implementation verify with its JWK set`(token: String) throws {
        let set = TestVerifier.keySet(TestKeys.otherRSAJWK, TestKeys.ecJWK, TestKeys.otherECJWK, TestKeys.rsaJWK)
        let verifier = try TestVerifier.make(try JSONWebKeys(parsing: Array(set.utf8)).keys)
        #expect(verifier.verify(token, now: TestVerifier.now).isGood)
    }

    @Test(arguments: [TestTokens.ps256, TestTokens.hs512])
    func `good tokens of an algorithm that is not taken are refused`(token: String) throws {
        let fault = try TestVerifier.withAllKeys().verify(token, now: TestVerifier.now).faultCode
        #expect(fault == .unsupportedAlgorithm)
    }

    @Test func `a signature of one token does not fit another`() throws {
        let verifier = try TestVerifier.withAllKeys()
        let signature = TestTokens.rs256WithoutKeyID.split(separator: ".")[2]
        let input = TestTokens.rs256.split(separator: ".")
        let mixed = "\(input[0]).\(input[1]).\(signature)"
        #expect(verifier.verify(mixed, now: TestVerifier.now).faultCode == .badSignature)
    }

    @Test func `an ES256 signature of zeros, or in DER, is refused`() throws {
        let verifier = try TestVerifier.withAllKeys()
        let input = TestTokens.es256.split(separator: ".").prefix(2).joined(separator: ".")
        let raw = try #require(Base64URL.decode(String(TestTokens.es256.split(separator: ".")[2])))
        func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            let value = (bytes.first ?? 0) & 0x80 == 0 ? Array(bytes) : [0] + bytes
            return [2, UInt8(value.count)] + value
        }
        let inner = integer(raw[..<32]) + integer(raw[32...])
        let signatures: [[UInt8]] = [
            [UInt8](repeating: 0, count: 64), [UInt8](repeating: 0xFF, count: 64), [0x30, UInt8(inner.count)] + inner,
            raw + [0], Array(raw.dropLast()), Array(raw[32...] + raw[..<32]),
        ]
        for signature in signatures {
            let token = "\(input).\(Base64URL.encode(signature))"
            #expect(verifier.verify(token, now: TestVerifier.now).faultCode == .badSignature)
        }
    }
}
