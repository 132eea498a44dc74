// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Realtime
import Synchronization
import Testing
import Tokens

@testable import Server

struct TokenAuthenticatorTests {
    private struct Clock: WallClock {
        func now() -> Timestamp { Timestamp(milliseconds: 1_762_344_000_000) }
    }

    private final class Log: Sendable {
        let lines = Mutex<[String]>([])
    }

    private static let now = Clock().now().milliseconds / 1000
    private let log = Log()

    /// What a token comes to. The authenticator answers at once.
    private func outcome(
        _ token: String,
        keepsClaims: Bool = false,
        hasKeys: Bool = true
    ) throws -> Result<Identity, RequestError> {
        let ring = try KeyRing([.keys([.secret(Array(SmallContract.secret.utf8))])], now: Self.now)
        let log = self.log
        let authenticator = TokenAuthenticator(
            AuthRules(), verifier: hasKeys ? TokenVerifier(ring: ring) : nil, keepsClaims: keepsClaims, clock: Clock(),
            log: { line in log.lines.withLock { $0.append(line) } })
        var outcomes: [Result<Identity, RequestError>] = []
        authenticator.identify(token, on: EmbeddedEventLoop()) { outcomes.append($0) }
        try #require(outcomes.count == 1, "asked once, answered \(outcomes.count) times")
        return outcomes[0]
    }

    /// The message that a token is refused with; nil: it is not.
    private func refusal(_ token: String, hasKeys: Bool = true) throws -> String? {
        guard case .failure(let error) = try self.outcome(token, hasKeys: hasKeys) else { return nil }
        #expect(error.code == .invalidCredentials)
        return error.message
    }

    private func token(_ claims: String) throws -> String {
        try TokenSigner.secret(Array(SmallContract.secret.utf8)).token(payload: Array(claims.utf8))
    }

    @Test func `a good token tells who the user is, and until when (RNG-003, RNG-D02)`() throws {
        let token = try self.token(
            #"{"sub":"did:x:ann","exp":\#(Self.now + 60),"name":"Ann","picture":"a.png","role":"signer"}"#)
        let identity = try self.outcome(token).get()
        #expect(identity.user == UserID("did:x:ann"))
        #expect(identity.name == "Ann" && identity.avatar == "a.png" && identity.roles == ["signer"])
        #expect(identity.expiresAt == (Self.now + 60) * 1000)
        #expect(identity.claims == nil)
        #expect(try self.outcome(token, keepsClaims: true).get().claims?.root["name"]?.string == "Ann")
    }

    @Test func `ROOM-D01 a token brings what it is revoked by, and a refusal says why`() throws {
        let token = try self.token(#"{"sub":"ann","exp":\#(Self.now + 60),"iat":\#(Self.now - 5),"jti":"t1"}"#)
        let identity = try self.outcome(token).get()
        #expect(identity.issuedAt == (Self.now - 5) * 1000 && identity.tokenID == "t1")
        let expired = try self.outcome(try self.token(#"{"sub":"ann","exp":\#(Self.now - 60)}"#))
        let garbage = try self.outcome("garbage")
        for (outcome, reason) in [(expired, "expired"), (garbage, "invalid")] {
            guard case .failure(let error) = outcome else {
                Issue.record("let in")
                continue
            }
            #expect(error.reason == reason)
        }
    }

    @Test func `a bad token is refused (RNG-007, RNG-009)`() throws {
        let claims = #"{"sub":"ann","exp":\#(Self.now + 60)}"#
        let good = try self.token(claims)
        let bad = [
            "garbage", "a.b.c", good + "x", String(good.dropLast()), "." + good,
            try self.token(#"{"sub":"ann","exp":\#(Self.now - 60)}"#), try self.token(#"{"sub":"ann"}"#),
            try self.token(#"{"exp":\#(Self.now + 60)}"#), try self.token(#"{"sub":"","exp":\#(Self.now + 60)}"#),
            try self.token(#"{"sub":7,"exp":\#(Self.now + 60)}"#), try self.token("[]"),
            "eyJhbGciOiJub25lIn0." + good.split(separator: ".")[1] + ".",
        ]
        for token in bad {
            #expect(try self.refusal(token) == "the token is not valid")
        }
        let lines = self.log.lines.withLock { $0 }
        #expect(lines.count == bad.count)
        for (line, token) in zip(lines, bad) where token.utf8.count > 10 { #expect(!line.contains(token)) }
    }

    @Test func `a time that is beyond all numbers does not stop the server`() throws {
        let identity = try self.outcome(try self.token(#"{"sub":"ann","exp":1e300}"#)).get()
        #expect(identity.user == UserID("ann"))
    }

    @Test func `a token is refused by a contract that has no keys`() throws {
        let token = try self.token(#"{"sub":"ann","exp":\#(Self.now + 60)}"#)
        #expect(try self.refusal(token, hasKeys: false) == "the token is not valid")
    }

    @Test func `roles are a text or a list of texts, and nothing else (RNG-D07)`() throws {
        for (json, roles) in [
            (#""a""#, ["a"]), (#"["a","b"]"#, ["a", "b"]), (#"["a",7,null]"#, ["a"]), ("7", []), ("{}", []),
            ("null", []),
        ] {
            let token = try self.token(#"{"sub":"ann","exp":\#(Self.now + 60),"roles":\#(json)}"#)
            #expect(try self.outcome(token).get().roles == roles, "\(json)")
        }
    }
}
