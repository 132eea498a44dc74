// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing
import Tokens

@Suite struct TokenVerifierTests {
    private let now = TestVerifier.now

    private func token(_ claims: String) throws -> String {
        try TestVerifier.signer().token(payload: Array(claims.utf8))
    }

    private func token(header: String, _ claims: String = TestVerifier.goodClaims) throws -> String {
        try TestVerifier.signer().token(header: Array(header.utf8), payload: Array(claims.utf8))
    }

    @Test func `a good token gives its claims, expiry, id and time of issue`() throws {
        let token = try self.token(
            #"{"sub":"u1","roles":["buyer"],"jti":"t-1","iat":1799999999.5,"exp":1800000060.9,"n":1.50}"#)
        let verified = try TestVerifier.withAllKeys().verify(token, now: self.now).get()
        #expect(verified.expiresAt == 1_800_000_060)
        #expect(verified.issuedAt == 1_799_999_999)
        #expect(verified.id == "t-1")
        #expect(verified.claim(["did", "sub"])?.string == "u1")
        #expect(verified.claim(["n"]).map { String(decoding: $0.rawBytes, as: UTF8.self) } == "1.50")
        #expect(verified.claim(["did", "userId"]) == nil)
    }

    @Test func `a claim that is null counts as absent`() throws {
        let token = try self.token(#"{"sub":null,"did":"d1","exp":1800000060}"#)
        let verified = try TestVerifier.withAllKeys().verify(token, now: self.now).get()
        #expect(verified.claim(["sub", "did"])?.string == "d1")
    }

    @Test(arguments: [
        (#"{"exp":1799999990}"#, TokenFault.Code.expired),
        (#"{"exp":1799999995}"#, .expired),
        (#"{"exp":-1}"#, .expired),
        (#"{"exp":-1e300}"#, .expired),
        (#"{"sub":"a"}"#, .missingExpiry),
        (#"{}"#, .missingExpiry),
        (#"{"exp":"1800000060"}"#, .malformed),
        (#"{"exp":null}"#, .malformed),
        (#"{"exp":true}"#, .malformed),
        (#"{"exp":[1800000060]}"#, .malformed),
        (#"{"exp":1e999}"#, .malformed),
        (#"{"exp":1800000060,"exp":1}"#, .expired),
        (#"{"exp":1800000060,"\u0065xp":1}"#, .expired),
        (#"{"exp":1800000060,"nbf":1800000006}"#, .notYetValid),
        (#"{"exp":1800000060,"nbf":1e300}"#, .notYetValid),
        (#"{"exp":1800000060,"nbf":"1"}"#, .malformed),
        (#"{"exp":1800000060,"nbf":null}"#, .malformed),
        (#"{"exp":1800000060,"iat":"yesterday"}"#, .malformed),
        (#"{"exp":1800000060,"jti":7}"#, .malformed),
        (#"[{"exp":1800000060}]"#, .malformed),
        (#""exp""#, .malformed),
        ("null", .malformed),
        ("", .malformed),
        (#"{"exp":1800000060"#, .malformed),
        (#"{"exp":1800000060} x"#, .malformed),
        (#"{"exp":1800000060,"a":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}"#, .malformed),
    ])
    func `RNG-007: well-signed claims that are wrong are refused`(claims: String, code: TokenFault.Code) throws {
        let result = try TestVerifier.withAllKeys().verify(try self.token(claims), now: self.now)
        #expect(result.faultCode == code)
    }

    @Test(arguments: [
        (#"{"alg":"none"}"#, TokenFault.Code.unsupportedAlgorithm),
        (#"{"alg":"None"}"#, .unsupportedAlgorithm),
        (#"{"alg":"NONE"}"#, .unsupportedAlgorithm),
        (#"{"alg":"nOnE"}"#, .unsupportedAlgorithm),
        (#"{"alg":""}"#, .unsupportedAlgorithm),
        (#"{"alg":"hs256"}"#, .unsupportedAlgorithm),
        (#"{"alg":"HS384"}"#, .unsupportedAlgorithm),
        (#"{"alg":"HS256","alg":"none"}"#, .unsupportedAlgorithm),
        (#"{"typ":"JWT"}"#, .malformed),
        (#"{"alg":null}"#, .malformed),
        (#"{"alg":["HS256"]}"#, .malformed),
        (#"{"alg":"HS256","crit":["exp"]}"#, .malformed),
        (#"{"alg":"HS256","crit":[]}"#, .malformed),
        (#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, .malformed),
        (#"{"alg":"HS256","kid":1}"#, .malformed),
        (#"{"alg":"HS256","kid":null}"#, .malformed),
        (#"["HS256"]"#, .malformed),
        ("HS256", .malformed),
        ("", .malformed),
        (#"{"alg":"HS256","x":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}"#, .malformed),
        (#"{"alg":"RS256"}"#, .badSignature),
        (#"{"alg":"ES256"}"#, .badSignature),
    ])
    func `RNG-007: a header that is wrong is refused although the signature is good`(
        header: String, code: TokenFault.Code
    ) throws {
        let result = try TestVerifier.withAllKeys().verify(try self.token(header: header), now: self.now)
        #expect(result.faultCode == code)
    }

    @Test func `RNG-007: a text that is no token is refused with a fault that fits`() throws {
        let verifier = try TestVerifier.withAllKeys()
        let good = try self.token(TestVerifier.goodClaims)
        #expect(verifier.verify(good, now: self.now).isGood)
        let parts = good.split(separator: ".").map(String.init)
        let none = Base64URL.encode(#"{"alg":"none"}"#.utf8)
        let cases: [(String, TokenFault.Code)] = [
            ("", .missing),
            ("garbage", .malformed),
            ("..", .malformed),
            (".\(parts[1]).\(parts[2])", .malformed),
            ("\(parts[0]).\(parts[1])", .malformed),
            ("\(good).", .malformed),
            ("\(good).AAAA.AAAA", .malformed),
            ("\(good)=", .malformed),
            ("\(good)\n", .malformed),
            (" \(good)", .malformed),
            ("Bearer \(good)", .malformed),
            ("\(parts[0])=.\(parts[1]).\(parts[2])", .malformed),
            ("\(parts[0]).\(parts[1])+.\(parts[2])", .malformed),
            ("\(parts[0]).!.\(parts[2])", .malformed),
            ("\(parts[0])..\(parts[2])", .badSignature),
            ("\(parts[0]).\(parts[1]).", .badSignature),
            ("\(parts[0]).\(parts[1]).\(parts[2].prefix(20))", .badSignature),
            ("\(parts[0]).\(parts[1]).\(parts[2])AAAA", .badSignature),
            ("\(none).\(parts[1]).", .unsupportedAlgorithm),
            ("\(none).\(parts[1]).\(parts[2])", .unsupportedAlgorithm),
            (String(repeating: "a", count: 8193), .tooLarge),
            (String(repeating: ".", count: 8192), .malformed),
            ("\u{0}\u{0}\u{0}", .malformed),
            ("é.é.é", .malformed),
        ]
        for (text, code) in cases {
            #expect(verifier.verify(text, now: self.now).faultCode == code, "\(text.prefix(40))")
        }
    }

    @Test func `a token is verified from any kind of text and from bytes`() throws {
        let verifier = try TestVerifier.withAllKeys()
        let good = try self.token(TestVerifier.goodClaims)
        let inside = "token=\(good)&x=1"
        let start = inside.index(inside.startIndex, offsetBy: 6)
        #expect(verifier.verify(inside[start...].prefix(good.count), now: self.now).isGood)
        #expect(verifier.verify(bytes: Array(good.utf8), now: self.now).isGood)
        #expect(verifier.verify(bytes: Array(inside.utf8)[6..<(6 + good.utf8.count)], now: self.now).isGood)
        #expect(verifier.verify(bytes: Array(good.utf8).lazy.map { $0 }, now: self.now).isGood)
    }

    @Test func `a size ceiling lets a token of just that size through`() throws {
        let token = try self.token(TestVerifier.goodClaims)
        let exact = TokenRequirements(maximumByteCount: token.utf8.count)
        let tight = TokenRequirements(maximumByteCount: token.utf8.count - 1)
        let keys = [try TestVerifier.secretKey()]
        #expect(try TestVerifier.make(keys, requirements: exact).verify(token, now: self.now).isGood)
        #expect(
            try TestVerifier.make(keys, requirements: tight).verify(token, now: self.now).faultCode == .tooLarge)
    }

    @Test func `leeway stretches exp and nbf by its length and not a second more`() throws {
        let token = try self.token(#"{"exp":1000,"nbf":900}"#)
        let keys = [try TestVerifier.secretKey()]
        for leeway in [0, 5, 60] as [Int64] {
            let requirements = TokenRequirements(leeway: .seconds(leeway))
            let verifier = try TestVerifier.make(keys, requirements: requirements)
            #expect(verifier.verify(token, now: 999 + leeway).isGood)
            #expect(verifier.verify(token, now: 1000 + leeway).faultCode == .expired)
            #expect(verifier.verify(token, now: 900 - leeway).isGood)
            #expect(verifier.verify(token, now: 899 - leeway).faultCode == .notYetValid)
        }
    }

    @Test func `leeway below zero counts as none and a huge one as ten minutes`() throws {
        let token = try self.token(#"{"exp":1000}"#)
        let keys = [try TestVerifier.secretKey()]
        let negative = TokenRequirements(leeway: .seconds(-100))
        let huge = TokenRequirements(leeway: .seconds(Int64.max))
        #expect(try TestVerifier.make(keys, requirements: negative).verify(token, now: 999).isGood)
        #expect(try TestVerifier.make(keys, requirements: huge).verify(token, now: 1599).isGood)
        #expect(try TestVerifier.make(keys, requirements: huge).verify(token, now: 1600).faultCode == .expired)
    }

    @Test(arguments: ["1e300", "9000000000", "9223372036854775807", "99999999999999999999"])
    func `a far expiry is brought down to a time that a timer can hold`(exp: String) throws {
        let token = try self.token(#"{"exp":\#(exp)}"#)
        let verified = try TestVerifier.withAllKeys().verify(token, now: self.now).get()
        #expect(verified.expiresAt == VerifiedToken.latestTime)
    }

    @Test(arguments: [
        (#""iss":"a""#, nil as TokenFault.Code?), (#""iss":"b""#, nil), (#""iss":"c""#, .wrongIssuer),
        (#""iss":"A""#, .wrongIssuer), (#""iss":["a"]"#, .wrongIssuer), (#""x":1"#, .wrongIssuer),
    ])
    func `a configured issuer must be the token's`(claim: String, code: TokenFault.Code?) throws {
        let verifier = try TestVerifier.make(
            [try TestVerifier.secretKey()], requirements: TokenRequirements(issuers: ["a", "b"]))
        let token = try self.token(#"{"exp":1800000060,\#(claim)}"#)
        #expect(verifier.verify(token, now: self.now).faultCode == code)
    }

    @Test(arguments: [
        (#""aud":"x""#, nil as TokenFault.Code?), (#""aud":["q","x"]"#, nil), (#""aud":["q"]"#, .wrongAudience),
        (#""aud":[]"#, .wrongAudience), (#""aud":{"x":"x"}"#, .wrongAudience), (#""sub":"x""#, .wrongAudience),
        (#""aud":[["x"]]"#, .wrongAudience),
    ])
    func `a configured audience must be among the token's`(claim: String, code: TokenFault.Code?) throws {
        let verifier = try TestVerifier.make(
            [try TestVerifier.secretKey()], requirements: TokenRequirements(audiences: ["x", "y"]))
        let token = try self.token(#"{"exp":1800000060,\#(claim)}"#)
        #expect(verifier.verify(token, now: self.now).faultCode == code)
    }

    @Test func `a fault's text holds nothing of the token`() throws {
        let verifier = try TestVerifier.withAllKeys()
        let marked = [
            "MARK.MARK.MARK", try self.token(header: #"{"alg":"MARK"}"#), try self.token(header: #"{"MARK":1}"#),
            try self.token(#"{"exp":"MARK"}"#), try self.token(#"{"exp":1,"sub":"MARK"}"#),
        ]
        for token in marked {
            guard case .failure(let fault) = verifier.verify(token, now: self.now) else {
                Issue.record("verified: \(token)")
                continue
            }
            #expect(!"\(fault)".contains("MARK"))
            #expect(!token.split(separator: ".").contains { "\(fault)".contains($0) })
        }
    }
}
