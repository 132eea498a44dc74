// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens

@Suite struct JSONWebKeysTests {
    private func parse(_ text: String) throws(KeyFault) -> JSONWebKeys {
        try JSONWebKeys(parsing: Array(text.utf8))
    }

    private let secretJWK = #"{"kty":"oct","kid":"s","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH"}"#

    @Test func `a set gives its keys in order, with their names and algorithms`() throws {
        let keys = try self.parse(TestVerifier.keySet(TestKeys.rsaJWK, TestKeys.ecJWK, self.secretJWK)).keys
        #expect(keys.map(\.id) == ["rsa-1", "ec-1", "s"])
        #expect(keys.map(\.algorithm) == [.rs256, .es256, .hs256])
    }

    @Test func `a single key is taken as a set of one`() throws {
        #expect(try self.parse(TestKeys.ecJWK).keys.map(\.id) == ["ec-1"])
    }

    @Test(arguments: [
        (#""kty":"OKP","crv":"Ed25519","x":"AA""#, "kty"),
        (#""kty":"oct2""#, "kty"),
        (#""kid":"x""#, "kty"),
        (#""kty":"oct","k":"AyM1SysPpbyDfgZl""#, "bytes"),
        (#""kty":"oct","k":"not base64url!""#, "Base64url"),
        (#""kty":"oct""#, "Base64url"),
        (#""kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMko","use":"enc""#, "use"),
        (#""kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMko","alg":"HS512""#, "alg"),
        (#""kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMko","alg":"RS256""#, "alg"),
        (#""kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMko","key_ops":["sign"]"#, "key_ops"),
        (#""kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMko","key_ops":"verify""#, "key_ops"),
        (#""kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMko","kid":5"#, "kid"),
        (#""kty":"EC","crv":"P-384","x":"AA","y":"AA""#, "curve"),
        (#""kty":"EC","crv":"P-256","x":"AA","y":"AA""#, "point"),
        (
            #""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
                + #""y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU""#, "point"
        ),
        (#""kty":"RSA","n":"AQAB","e":"AQAB""#, "bits"),
        (#""kty":"RSA","n":"AQAB""#, "bits"),
        (#""kty":"RSA","n":"","e":"""#, "bits"),
    ])
    func `a key that cannot verify tokens here is left out and the others stay`(members: String, words: String) throws {
        let fault = #expect(throws: KeyFault.self) { try self.parse(TestVerifier.keySet("{\(members)}")) }
        #expect(fault?.code == .noUsableKey)
        let set = try self.parse(TestVerifier.keySet("{\(members)}", TestKeys.ecJWK))
        #expect(set.keys.map(\.id) == ["ec-1"])
        #expect(set.leftOut.count == 1)
        if members.contains(#""n":"AQAB""#), !members.contains(#""e""#) {
            #expect(set.leftOut.first == "key 1: its e is not Base64url")
        } else {
            #expect(set.leftOut.first?.contains(words) == true, "\(set.leftOut)")
        }
    }

    @Test func `an RSA key of 1024 bits is left out`() throws {
        let set = try self.parse(TestVerifier.keySet(TestKeys.weakRSAJWK, TestKeys.rsaJWK))
        #expect(set.keys.map(\.id) == ["rsa-1"])
    }

    @Test(arguments: ["Ag", "AQ", "AA", "BA", "AQAAAAAAAAAAAAAAAAAB"])
    func `an RSA key with an exponent that is no good is left out`(exponent: String) throws {
        let key = TestKeys.rsaJWK.replacing(#""e":"AQAB""#, with: #""e":"\#(exponent)""#)
        #expect(key != TestKeys.rsaJWK)
        #expect(throws: KeyFault.self) { try self.parse(key) }
    }

    @Test func `an RSA modulus past 8192 bits is left out`() {
        let modulus = Base64URL.encode([UInt8](repeating: 0xFF, count: 1025))
        #expect(throws: KeyFault.self) { try self.parse(#"{"kty":"RSA","n":"\#(modulus)","e":"AQAB"}"#) }
    }

    @Test func `key_ops with verify and alg of the kind are taken`() throws {
        let key = #"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ","alg":"HS256","key_ops":["sign","verify"]}"#
        #expect(try self.parse(key).keys.count == 1)
    }

    @Test func `secrets are left out where they are not allowed`() throws {
        let bytes = Array(TestVerifier.keySet(self.secretJWK, TestKeys.ecJWK).utf8)
        #expect(try JSONWebKeys(parsing: bytes, allowsSecrets: false).keys.map(\.id) == ["ec-1"])
    }

    @Test(arguments: [
        ("", KeyFault.Code.malformed), ("<html>", .malformed), ("[]", .malformed), ("{}", .malformed),
        (#"{"keys":{}}"#, .malformed), (#"{"keys":[]}"#, .noUsableKey), (#"{"keys":[1,null,"x",[]]}"#, .noUsableKey),
        (String(repeating: "[", count: 100_000), .malformed),
        (String(repeating: " ", count: 256 * 1024) + "{}", .tooLarge),
    ])
    func `a document that is no key set is refused with a fault that fits`(text: String, code: KeyFault.Code) {
        let fault = #expect(throws: KeyFault.self) { try self.parse(text) }
        #expect(fault?.code == code)
    }

    @Test func `a set of 64 keys is read and one of 65 is refused`() throws {
        let keys = [String](repeating: TestKeys.ecJWK, count: 65)
        let set = #"{"keys":[\#(keys.dropLast().joined(separator: ","))]}"#
        #expect(try self.parse(set).keys.count == 64)
        let fault = #expect(throws: KeyFault.self) {
            try self.parse(#"{"keys":[\#(keys.joined(separator: ","))]}"#)
        }
        #expect(fault?.code == .tooLarge)
    }

    @Test func `a fault about a secret does not repeat it`() {
        let fault = #expect(throws: KeyFault.self) {
            try self.parse(TestVerifier.keySet(#"{"kty":"oct","k":"U0VDUkVU","kid":"SECRETNAME"}"#))
        }
        #expect(fault?.message.contains("U0VDUkVU") == false)
        #expect(fault?.message.contains("SECRET") == false)
    }
}
