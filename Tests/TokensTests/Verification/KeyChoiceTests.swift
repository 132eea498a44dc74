// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens

@Suite struct KeyChoiceTests {
    private let now = TestVerifier.now
    private let claims = Array(TestVerifier.goodClaims.utf8)

    private func secret(_ letter: Character, id: String? = nil) throws -> (TokenKey, TokenSigner) {
        let bytes = Array(String(repeating: letter, count: 32).utf8)
        return (try .secret(bytes, id: id), try .secret(bytes, id: id))
    }

    @Test func `RNG-007: a public key never serves as a secret, in whatever form`() throws {
        // Algorithm confusion: whoever has the public key signs HS256 with it (RFC 8725 §2.1).
        let verifier = try TestVerifier.make([
            try .publicKey(pem: TestKeys.rsaPublic), try .publicKey(pem: TestKeys.ecPublic),
        ])
        let texts = [TestKeys.rsaPublic, TestKeys.rsaPublic + "\n", TestKeys.ecPublic, TestKeys.rsaPublicPKCS1]
        for text in texts {
            // The front door refuses such a secret, so the token is made with the signature's own arithmetic.
            let token = try HMACToken.make(secret: Array(text.utf8), claims: self.claims)
            #expect(verifier.verify(token, now: self.now).faultCode == .unsupportedAlgorithm)
            #expect(throws: KeyFault.self) { try TokenKey.secret(Array(text.utf8)) }
        }
    }

    @Test func `the token with which confusion is tested is well made`() throws {
        let token = try HMACToken.make(secret: Array(TestKeys.secret.utf8), claims: self.claims)
        #expect(try TestVerifier.withAllKeys().verify(token, now: self.now).isGood)
    }

    @Test func `an algorithm that no key is for is refused`() throws {
        let onlySecret = try TestVerifier.make([try TestVerifier.secretKey()])
        #expect(onlySecret.verify(TestTokens.rs256, now: self.now).faultCode == .unsupportedAlgorithm)
        #expect(onlySecret.verify(TestTokens.es256, now: self.now).faultCode == .unsupportedAlgorithm)
        let onlyRSA = try TestVerifier.make([try .publicKey(pem: TestKeys.rsaPublic)])
        #expect(onlyRSA.verify(TestTokens.hs256, now: self.now).faultCode == .unsupportedAlgorithm)
    }

    @Test func `without keys nothing verifies`() throws {
        let verifier = try TestVerifier.make([])
        for token in [TestTokens.hs256, TestTokens.rs256, TestTokens.es256] {
            #expect(verifier.verify(token, now: self.now).faultCode == .unsupportedAlgorithm)
        }
    }

    @Test func `while a secret is rotated, tokens of the old and of the new one are good`() throws {
        let (old, oldSigner) = try self.secret("o")
        let (new, newSigner) = try self.secret("n")
        let (_, strangeSigner) = try self.secret("s")
        let verifier = try TestVerifier.make([new, old])
        #expect(verifier.verify(try oldSigner.token(payload: self.claims), now: self.now).isGood)
        #expect(verifier.verify(try newSigner.token(payload: self.claims), now: self.now).isGood)
        let strange = try strangeSigner.token(payload: self.claims)
        #expect(verifier.verify(strange, now: self.now).faultCode == .badSignature)
    }

    @Test func `kid picks the key of that name, and no other is tried`() throws {
        let (first, firstSigner) = try self.secret("1", id: "one")
        let (second, _) = try self.secret("2", id: "two")
        let verifier = try TestVerifier.make([first, second])
        #expect(verifier.verify(try firstSigner.token(payload: self.claims), now: self.now).isGood)
        let (_, misnamed) = try self.secret("1", id: "two")
        let token = try misnamed.token(payload: self.claims)
        #expect(verifier.verify(token, now: self.now).faultCode == .badSignature)
        let (_, unknown) = try self.secret("1", id: "three")
        let stray = try unknown.token(payload: self.claims)
        #expect(verifier.verify(stray, now: self.now).faultCode == .unknownKey)
    }

    @Test func `a token without kid is tried with all keys of its algorithm`() throws {
        let (first, _) = try self.secret("1", id: "one")
        let (second, _) = try self.secret("2", id: "two")
        let (_, anonymous) = try self.secret("2")
        let verifier = try TestVerifier.make([first, second])
        #expect(verifier.verify(try anonymous.token(payload: self.claims), now: self.now).isGood)
    }

    @Test func `a key without a name is tried for a token with any kid`() throws {
        let (key, _) = try self.secret("1")
        let (_, signer) = try self.secret("1", id: "anything")
        let (_, stranger) = try self.secret("2", id: "anything")
        let verifier = try TestVerifier.make([key])
        #expect(verifier.verify(try signer.token(payload: self.claims), now: self.now).isGood)
        let wrong = try stranger.token(payload: self.claims)
        #expect(verifier.verify(wrong, now: self.now).faultCode == .badSignature)
    }

    @Test func `names of keys are compared byte for byte`() throws {
        // The same letter to a reader, composed and decomposed.
        let (key, _) = try self.secret("1", id: "caf\u{E9}")
        let (_, signer) = try self.secret("1", id: "cafe\u{301}")
        let verifier = try TestVerifier.make([key])
        let token = try signer.token(payload: self.claims)
        #expect(verifier.verify(token, now: self.now).faultCode == .unknownKey)
    }

    @Test func `without an address to ask, verifying with retry answers at once`() throws {
        let (key, _) = try self.secret("1", id: "one")
        let (_, unknown) = try self.secret("1", id: "two")
        let verifier = try TestVerifier.make([key])
        #expect(!verifier.canRefreshKeys)
        let answers = Collected<TokenFault.Code?>()
        verifier.verify(try unknown.token(payload: self.claims), now: self.now) { answers.append($0.faultCode) }
        #expect(answers.all == [.unknownKey])
        let outcomes = Collected<Bool>()
        verifier.refreshKeys(now: self.now) { outcomes.append($0) }
        #expect(outcomes.all == [false])
    }
}
