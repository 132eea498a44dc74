// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens

@Suite struct TokenHardeningTests {
    /// SplitMix64: the same tokens in every run.
    private struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var value = self.state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let tokens = [TestTokens.hs256, TestTokens.rs256, TestTokens.es256]

    @Test(arguments: tokens)
    func `RNG-007: a token with any one bit changed is refused`(token: String) throws {
        let verifier = try TestVerifier.withAllKeys()
        var bytes = Array(token.utf8)
        for position in bytes.indices {
            for bit in 0..<8 {
                bytes[position] ^= 1 << bit
                if verifier.verify(bytes: bytes, now: TestVerifier.now).isGood {
                    Issue.record("verified with bit \(bit) of byte \(position) changed")
                }
                bytes[position] ^= 1 << bit
            }
        }
        #expect(verifier.verify(bytes: bytes, now: TestVerifier.now).isGood)
    }

    @Test(arguments: tokens)
    func `RNG-007: a token changed by chance is refused and never traps`(token: String) throws {
        let verifier = try TestVerifier.withAllKeys()
        let original = Array(token.utf8)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ {}\"".utf8)
        var chance = Chance(state: UInt64(original.count))
        for round in 0..<4_000 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<4, using: &chance) where !bytes.isEmpty {
                let position = Int.random(in: 0..<bytes.count, using: &chance)
                let letter = letters.randomElement(using: &chance) ?? 0
                switch UInt8.random(in: 0..<6, using: &chance) {
                case 0: bytes[position] = UInt8.random(in: .min ... .max, using: &chance)
                case 1: bytes[position] = letter
                case 2: bytes.insert(letter, at: position)
                case 3: bytes.remove(at: position)
                case 4: bytes.removeSubrange(position...)
                default: bytes.swapAt(position, Int.random(in: 0..<bytes.count, using: &chance))
                }
            }
            guard bytes != original else { continue }
            if verifier.verify(bytes: bytes, now: TestVerifier.now).isGood {
                Issue.record("verified in round \(round): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test func `claims and headers changed by chance but well signed never trap, and are good only when in time`()
        throws
    {
        let verifier = try TestVerifier.withAllKeys()
        let signer = try TestVerifier.signer()
        let claims = Array(#"{"sub":"a\u00e9","exp":1800000060,"nbf":1.5e3,"iat":-0,"jti":"x","aud":["b"]}"#.utf8)
        let header = Array(#"{"alg":"HS256","typ":"JWT","kid":"k"}"#.utf8)
        let letters = Array(#"{}[]",:\ue-+.0123456789trfanls "#.utf8) + [0, 0x80, 0xC3, 0xED, 0xF4, 0xFF]
        var chance = Chance(state: 7)
        func changed(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            for _ in 0...Int.random(in: 0..<3, using: &chance) where !bytes.isEmpty {
                let position = Int.random(in: 0..<bytes.count, using: &chance)
                let letter = letters.randomElement(using: &chance) ?? 0
                switch UInt8.random(in: 0..<3, using: &chance) {
                case 0: bytes[position] = letter
                case 1: bytes.insert(letter, at: position)
                default: bytes.remove(at: position)
                }
            }
            return bytes
        }
        var good = 0
        for _ in 0..<10_000 {
            let token = try signer.token(
                header: Bool.random(using: &chance) ? header : changed(header), payload: changed(claims))
            if case .success(let verified) = verifier.verify(token, now: TestVerifier.now) {
                good += 1
                #expect(verified.expiresAt > TestVerifier.now - 5)
            }
        }
        // Some changes hit only harmless text, so the loop does reach the end of verification.
        #expect(good > 100)
    }

    @Test func `texts of only dots, brackets or one letter are refused at every length up to the ceiling`() throws {
        let verifier = try TestVerifier.withAllKeys()
        for letter in [".", "A", "{", "é", "-"] {
            for count in [1, 2, 3, 4, 5, 100, 1_000, 4_096, 8_191, 8_192, 8_193, 100_000] {
                let text = String(repeating: letter, count: count)
                #expect(!verifier.verify(text, now: TestVerifier.now).isGood)
                #expect(!verifier.verify("\(text).\(text).\(text)", now: TestVerifier.now).isGood)
            }
        }
    }

    @Test func `nesting that would overflow a stack is refused in header and claims`() throws {
        let verifier = try TestVerifier.make(
            [try TestVerifier.secretKey()], requirements: TokenRequirements(maximumByteCount: 10_000_000))
        let signer = try TestVerifier.signer()
        let deep = Array((#"{"exp":1800000060,"a":"# + String(repeating: "[", count: 1_000_000)).utf8)
        let inClaims = try signer.token(payload: deep)
        #expect(verifier.verify(inClaims, now: TestVerifier.now).faultCode == .malformed)
        let inHeader = try signer.token(header: deep, payload: Array(TestVerifier.goodClaims.utf8))
        #expect(verifier.verify(inHeader, now: TestVerifier.now).faultCode == .malformed)
    }
}
