// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing
import Tokens

@Suite struct TokenSignerTests {
    @Test(arguments: [
        (TestKeys.rsaPrivate, TestKeys.rsaPublic, TokenAlgorithm.rs256),
        (TestKeys.rsaPrivatePKCS1, TestKeys.rsaPublic, .rs256),
        (TestKeys.ecPrivate, TestKeys.ecPublic, .es256),
        (TestKeys.ecPrivateSEC1, TestKeys.ecPublic, .es256),
    ])
    func `a token signed with a private key verifies with its public key only`(
        privateKey: String, publicKey: String, algorithm: TokenAlgorithm
    ) throws {
        let signer = try TokenSigner.privateKey(pem: privateKey, id: "a \"name\"")
        #expect(signer.algorithm == algorithm)
        let claims = try JSONDocument(parsing: TestVerifier.goodClaims)
        let token = try signer.token(claims: claims.root)
        let verifier = try TestVerifier.make([try .publicKey(pem: publicKey, id: "a \"name\"")])
        #expect(verifier.verify(token, now: TestVerifier.now).isGood)
        let others = try JSONWebKeys(
            parsing: Array(TestVerifier.keySet(TestKeys.otherRSAJWK, TestKeys.otherECJWK).utf8)
        ).keys
        #expect(try TestVerifier.make(others).verify(token, now: TestVerifier.now).faultCode == .unknownKey)
        let anonymous = try TokenSigner.privateKey(pem: privateKey).token(claims: claims.root)
        #expect(try TestVerifier.make(others).verify(anonymous, now: TestVerifier.now).faultCode == .badSignature)
    }

    @Test func `HS256 signing gives the same bytes as another implementation`() throws {
        // RFC 7515 A.1, whose header and claims have line breaks inside.
        let key = try #require(
            Base64URL.decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
        let parts = TestTokens.rfcHS256.split(separator: ".").map(String.init)
        let header = try #require(Base64URL.decode(parts[0]))
        let payload = try #require(Base64URL.decode(parts[1]))
        #expect(try TokenSigner.secret(key).token(header: header, payload: payload) == TestTokens.rfcHS256)
    }

    @Test(arguments: ["[]", "1", "null", #""x""#])
    func `claims that are no object are not signed`(text: String) throws {
        let signer = try TestVerifier.signer()
        let claims = try JSONDocument(parsing: text)
        #expect(throws: KeyFault.self) { try signer.token(claims: claims.root) }
    }

    @Test(arguments: [TestKeys.rsaPublic, "", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
    func `a PEM text that is no private key is refused`(pem: String) {
        #expect(throws: KeyFault.self) { try TokenSigner.privateKey(pem: pem) }
    }

    @Test func `a short secret cannot sign either`() {
        #expect(throws: KeyFault.self) { try TokenSigner.secret([1, 2, 3]) }
    }
}
