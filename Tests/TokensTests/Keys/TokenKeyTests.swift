// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Tokens

@Suite struct TokenKeyTests {
    @Test(arguments: [0, 1, 15])
    func `a secret of fewer than 16 bytes is refused and its size named`(count: Int) {
        let fault = #expect(throws: KeyFault.self) {
            try TokenKey.secret([UInt8](repeating: 7, count: count))
        }
        #expect(fault?.code == .weak)
        #expect(fault?.message.contains("\(count) bytes") == true)
    }

    @Test(arguments: [(16, true), (31, true), (32, false), (200, false)])
    func `a secret shorter than RFC 7518 asks for works and has a weakness`(count: Int, isWeak: Bool) throws {
        let key = try TokenKey.secret([UInt8](repeating: 7, count: count))
        #expect((key.weakness != nil) == isWeak)
        #expect(key.weakness.map { $0.code == .weak } ?? true)
        let ring = try KeyRing([.keys([key])], now: 0)
        #expect(ring.weaknesses.isEmpty == !isWeak)
    }

    @Test(arguments: [
        (TestKeys.rsaPublic, TokenAlgorithm.rs256), (TestKeys.rsaPublicPKCS1, .rs256), (TestKeys.ecPublic, .es256),
    ])
    func `a public key in PEM is for the algorithm of its kind`(pem: String, algorithm: TokenAlgorithm) throws {
        let escaped = pem.split(separator: "\n").joined(separator: "\\n")
        let windows = pem.split(separator: "\n").joined(separator: "\r\n")
        for text in [pem, pem + "\n", "\n" + pem, escaped, windows] {
            let key = try TokenKey.publicKey(pem: text, id: "k")
            #expect(key.algorithm == algorithm)
            #expect(key.id == "k")
            #expect(key.weakness == nil)
        }
    }

    @Test(arguments: [
        ("", "no BEGIN line"), ("a secret", "no BEGIN line"), ("-----BEGIN PUBLIC KEY", "no BEGIN line"),
        ("-----BEGIN PUBLIC KEY-----", "neither"),
        ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "neither"),
        ("-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----", "neither"),
        ("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----", "neither"),
        ("-----BEGIN CERTIFICATE-----\nMFkw\n-----END CERTIFICATE-----", "a certificate"),
        (TestKeys.rsaPrivate, "a private key"), (TestKeys.ecPrivateSEC1, "a private key"),
        (TestKeys.weakRSAPublic, "1024 bits"), (TestKeys.p384Public, "neither"),
    ])
    func `a PEM text that is no usable public key is refused with what it is`(pem: String, words: String) {
        let fault = #expect(throws: KeyFault.self) { try TokenKey.publicKey(pem: pem) }
        #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
    }

    @Test func `a fault about a key does not repeat the key`() {
        let body = "c2VjcmV0LXBhcnQ"
        let texts = [
            body, "-----BEGIN \(body)-----\n\(body)\n-----END \(body)-----",
            "-----BEGIN PUBLIC KEY-----\n\(body)\n-----END PUBLIC KEY-----",
        ]
        for text in texts {
            let fault = #expect(throws: KeyFault.self) { try TokenKey.publicKey(pem: text) }
            #expect(fault?.message.contains(body) == false)
        }
    }

    @Test func `PEM texts cut short anywhere never trap`() {
        for pem in [TestKeys.rsaPublic, TestKeys.ecPublic] {
            for count in 0..<pem.count - 1 {
                // The last line's dashes are all that may be missing without harm.
                #expect(throws: KeyFault.self) { try TokenKey.publicKey(pem: String(pem.prefix(count))) }
            }
        }
    }
}
