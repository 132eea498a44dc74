// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Realtime
import Synchronization
import Testing
import Tokens

@testable import Server

struct PlatformAuthenticatorTests {
    private let loop = EmbeddedEventLoop()

    private func platform(_ change: (inout AuthRules) -> Void = { _ in }) throws -> Platform {
        var definition = try SmallContract.definition()
        definition.auth.credentials = [.init(.session, .cookie("session"))]
        change(&definition.auth)
        return try Platform(definition, dialects: [], engine: MemoryEngine(), eventLoops: [self.loop])
    }

    private func authenticator(_ platform: Platform, keepsClaims: Bool = true) -> PlatformAuthenticator {
        let tokens = TokenAuthenticator(
            platform.definition.auth, verifier: nil, keepsClaims: false, clock: SystemClock(), log: { _ in })
        return PlatformAuthenticator(
            platform, rules: platform.definition.auth, tokens: tokens, askedSessions: nil, keepsClaims: keepsClaims)
    }

    /// The user, "nobody" or the error's code.
    private func outcome(_ platform: Platform, _ credential: Credential?) throws -> String {
        var outcomes: [String] = []
        self.authenticator(platform).authenticate(credential, on: self.loop) { result in
            switch result {
            case .success(let identity): outcomes.append(identity?.user.rawValue ?? "nobody")
            case .failure(let error): outcomes.append(error.code.rawValue)
            }
        }
        self.loop.run()
        try #require(outcomes.count == 1)
        return outcomes[0]
    }

    private func sessionID(_ platform: Platform) throws -> String {
        let ids = Mutex<[String]>([])
        platform.createSession(for: Identity(user: UserID("ann")), lifetime: 60_000) { result in
            if case .success(let (id, _)) = result { ids.withLock { $0.append(id) } }
        }
        return try #require(ids.withLock { $0.first })
    }

    @Test func `without a credential somebody is nobody, unless one is needed (BULK-003, PAY-002)`() throws {
        for credential in [nil, Credential(.session, "")] {
            #expect(try self.outcome(try self.platform(), credential) == "unauthenticated")
            #expect(try self.outcome(try self.platform { $0.mode = .optional }, credential) == "nobody")
            #expect(try self.outcome(try self.platform { $0.mode = .none }, credential) == "nobody")
        }
    }

    @Test func `a platform without authentication looks at no credential (PAY-002)`() throws {
        let platform = try self.platform { $0.mode = .none }
        for kind in [AuthRules.CredentialKind.jwt, .session, .resume] {
            #expect(try self.outcome(platform, Credential(kind, "garbage")) == "nobody")
        }
    }

    @Test(arguments: [AuthRules.Mode.optional, .required])
    func `a credential that does not hold is refused, also where none is needed (BULK-004)`(mode: AuthRules.Mode) throws
    {
        let platform = try self.platform { $0.mode = mode }
        for kind in [AuthRules.CredentialKind.jwt, .session, .resume] {
            for text in ["garbage", "%", "%zz", "s:a.b", "\u{1F36A}", "\u{0}", String(repeating: "x", count: 100_000)] {
                #expect(try self.outcome(platform, Credential(kind, text)) == "invalidCredentials")
            }
        }
    }

    @Test func `a session of the platform lets its user in, until it ends (BULK-001, BULK-004)`() throws {
        let platform = try self.platform()
        let id = try self.sessionID(platform)
        #expect(try self.outcome(platform, Credential(.session, id)) == "ann")
        platform.end(platform.sessions(of: UserID("ann"))) { _ in }
        #expect(try self.outcome(platform, Credential(.session, id)) == "invalidCredentials")
    }

    @Test func `where ids are signed, only signed ones count, percent-encoded or not`() throws {
        let platform = try self.platform { $0.sessions.secret = "keyboard cat" }
        let id = try self.sessionID(platform)
        let signed = SignedValue(secret: "keyboard cat").text(of: id)
        let encoded = signed.utf8.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
        }.joined()
        for text in [signed, encoded] { #expect(try self.outcome(platform, Credential(.session, text)) == "ann") }
        for text in [id, "s:\(id)", "s:\(id).", SignedValue(secret: "dog").text(of: id), "%" + encoded, signed + "x"] {
            #expect(try self.outcome(platform, Credential(.session, text)) == "invalidCredentials", "\(text)")
        }
    }
}
