// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Tokens

/// A folder of its own for each test, gone afterwards.
@Suite final class KeyFileTests {
    private let folder: URL
    private var path: String { self.folder.appendingPathComponent("jwks.json").path }
    private let now = TestVerifier.now

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    private func write(_ text: String, atomically: Bool = true) throws {
        try text.write(toFile: self.path, atomically: atomically, encoding: .utf8)
    }

    private func makeVerifier(_ reports: Collected<KeyFault> = Collected()) throws -> TokenVerifier {
        TokenVerifier(ring: try KeyRing([.file(self.path)], now: self.now) { reports.append($0) })
    }

    @Test(arguments: [true, false])
    func `keys of a file that changed are in force a second later, and old ones are not`(atomically: Bool) throws {
        try self.write(TestVerifier.keySet(TestKeys.rsaJWK))
        let verifier = try self.makeVerifier()
        #expect(verifier.verify(TestTokens.rs256, now: self.now).isGood)
        #expect(verifier.verify(TestTokens.es256, now: self.now).faultCode == .unsupportedAlgorithm)

        try self.write(TestVerifier.keySet(TestKeys.ecJWK, TestKeys.otherRSAJWK), atomically: atomically)
        #expect(verifier.verify(TestTokens.rs256, now: self.now).isGood)
        #expect(verifier.verify(TestTokens.rs256, now: self.now + 1).faultCode == .unknownKey)
        #expect(verifier.verify(TestTokens.es256, now: self.now + 1).isGood)
    }

    @Test func `a file is looked at once a second, and also after the clock was set back`() throws {
        try self.write(TestVerifier.keySet(TestKeys.rsaJWK))
        let verifier = try self.makeVerifier()
        #expect(verifier.verify(TestTokens.es256, now: self.now + 1).faultCode == .unsupportedAlgorithm)
        try self.write(TestVerifier.keySet(TestKeys.ecJWK))
        #expect(verifier.verify(TestTokens.es256, now: self.now + 1).faultCode == .unsupportedAlgorithm)
        #expect(verifier.verify(TestTokens.es256, now: self.now - 3600).isGood)
    }

    @Test func `a file that went bad or away keeps its last keys and is reported once for each change`() throws {
        try self.write(TestVerifier.keySet(TestKeys.rsaJWK))
        let reports = Collected<KeyFault>()
        let verifier = try self.makeVerifier(reports)
        func verifyInSeconds(_ seconds: ClosedRange<Int64>) {
            for second in seconds { #expect(verifier.verify(TestTokens.rs256, now: self.now + second).isGood) }
        }
        try self.write(#"{"keys":"#)
        verifyInSeconds(1...3)
        #expect(reports.all.map(\.code) == [.malformed])
        #expect(reports.all[0].message.hasPrefix(self.path))

        try FileManager.default.removeItem(atPath: self.path)
        verifyInSeconds(4...6)
        #expect(reports.all.map(\.code) == [.malformed, .unreadable])

        try self.write(#"{"keys":[]}"#)
        verifyInSeconds(7...8)
        #expect(reports.all.map(\.code) == [.malformed, .unreadable, .noUsableKey])

        try self.write(TestVerifier.keySet(TestKeys.ecJWK))
        #expect(verifier.verify(TestTokens.rs256, now: self.now + 9).faultCode == .unsupportedAlgorithm)
        #expect(verifier.verify(TestTokens.es256, now: self.now + 9).isGood)
        #expect(reports.all.count == 3)
    }

    @Test func `a file that cannot be used at start is an error with its path`() throws {
        let missing = #expect(throws: KeyFault.self) { try self.makeVerifier() }
        #expect(missing?.code == .unreadable)
        #expect(missing?.message.hasPrefix(self.path) == true)
        try self.write("no json")
        #expect(throws: KeyFault.self) { try self.makeVerifier() }
        try self.write(String(repeating: " ", count: 300_000))
        #expect(#expect(throws: KeyFault.self) { try self.makeVerifier() }?.code == .tooLarge)
    }

    @Test(arguments: ["/", "/dev/zero", "/dev/null"])
    func `a path that is not a file is refused and not waited for`(path: String) {
        let fault = #expect(throws: KeyFault.self) { try KeyRing([.file(path)], now: 0) }
        #expect(fault?.code == .unreadable)
    }

    @Test func `keys of several sources are in force together`() throws {
        try self.write(TestVerifier.keySet(TestKeys.rsaJWK))
        let ring = try KeyRing(
            [.keys([try TestVerifier.secretKey()]), .file(self.path), .keys([try .publicKey(pem: TestKeys.ecPublic)])],
            now: self.now)
        let verifier = TokenVerifier(ring: ring)
        for token in [TestTokens.hs256, TestTokens.rs256, TestTokens.es256] {
            #expect(verifier.verify(token, now: self.now).isGood)
        }
        try self.write(TestVerifier.keySet(TestKeys.otherRSAJWK))
        #expect(verifier.verify(TestTokens.rs256, now: self.now + 1).faultCode == .unknownKey)
        #expect(verifier.verify(TestTokens.hs256, now: self.now + 1).isGood)
        #expect(verifier.verify(TestTokens.es256, now: self.now + 1).isGood)
    }
}
