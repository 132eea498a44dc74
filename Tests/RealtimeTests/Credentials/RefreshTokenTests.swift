// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import NIOEmbedded
import Testing

@testable import Realtime

/// Refresh tokens: each holds once, and an old one ends all that came of its sign-in.
struct RefreshTokenTests {
    /// Signs nothing, and says what it would have.
    private struct Issuer: AccessTokenIssuer {
        func accessToken(for identity: Identity, id: String, lifetime: Int64) -> Result<String, RequestError> {
            .success("\(identity.user.rawValue) \(identity.roles) \(id) \(lifetime)")
        }
    }

    private let stage: Stage

    init() throws { self.stage = try Self.makeStage() }

    private static func makeStage(
        _ engine: EngineDouble = EngineDouble(), clock: ManualClock = ManualClock(),
        _ change: (inout PlatformDefinition) -> Void = { _ in }
    ) throws -> Stage {
        let stage = try Stage(.market(change), engine: engine, clock: clock)
        stage.platform.credentialServices.exchange(authenticator: nil, issuer: Issuer())
        return stage
    }

    private func issue(_ user: String = "ann", on stage: Stage? = nil) throws -> Platform.IssuedTokens {
        let made = Mutexed<[Result<Platform.IssuedTokens, RequestError>]>([])
        (stage ?? self.stage).platform.issueTokens(for: Identity(user: UserID(user), roles: ["x"])) { result in
            made.change { $0.append(result) }
        }
        (stage ?? self.stage).loop.run()
        return try #require(made.value.first).get()
    }

    /// The outcome of each, in the order of the answers: the tokens, or why there are none.
    private func refresh(_ tokens: String..., on stage: Stage? = nil) -> [Result<Platform.IssuedTokens, RequestError>] {
        let stage = stage ?? self.stage
        let made = Mutexed<[Result<Platform.IssuedTokens, RequestError>]>([])
        for token in tokens {
            stage.platform.refreshTokens(token) { result in made.change { $0.append(result) } }
        }
        stage.engine.release()
        stage.loop.run()
        stage.engine.release()
        stage.loop.run()
        return made.value
    }

    private func id(_ tokens: Platform.IssuedTokens) -> String {
        tokens.accessToken.split(separator: " ").first { $0.hasPrefix("family:") }.map(String.init) ?? ""
    }

    private func connect(_ tokens: Platform.IssuedTokens, number: UInt64) -> RecordingPort {
        var identity = Identity(user: UserID("ann"))
        identity.tokenID = self.id(tokens)
        let port = RecordingPort(number: number, eventLoop: self.stage.loop)
        _ = Session(port: port, identity: identity, dialectIndex: 0, hub: self.stage.hub)
        return port
    }

    @Test func `ROOM-060 a refresh token gives the next tokens, again and again, also after a restart`() throws {
        let engine = EngineDouble()
        let stage = try Self.makeStage(engine)
        var tokens = try self.issue(on: stage)
        #expect(tokens.expiresIn == 900 && tokens.accessToken.hasPrefix("ann [\"x\"] family:"))
        var seen: Set<String> = [tokens.refreshToken, tokens.accessToken]
        for isAfterRestart in [false, false, true] {
            let stage = isAfterRestart ? try Self.makeStage(engine) : stage
            tokens = try #require(self.refresh(tokens.refreshToken, on: stage).first).get()
            #expect(tokens.accessToken.hasPrefix("ann [\"x\"] family:") && tokens.accessToken.hasSuffix(" 900"))
            #expect(seen.insert(tokens.refreshToken).inserted && seen.insert(tokens.accessToken).inserted)
        }
        let kept = try engine.load().credentials.filter { $0.kind == .refresh }
        #expect(kept.count == 1)
        let text = kept.map { $0.key + String(decoding: $0.content, as: UTF8.self) }.joined()
        for part in tokens.refreshToken.split(separator: ".") { #expect(!text.contains(part)) }
    }

    @Test func `ROOM-D18 an old refresh token revokes its family, its access tokens and their connections`() throws {
        let first = try self.issue()
        let other = try self.issue()
        let second = try #require(self.refresh(first.refreshToken).first).get()
        let connections = [self.connect(first, number: 1), self.connect(second, number: 2)]
        let spared = self.connect(other, number: 3)
        let reused = self.refresh(first.refreshToken)
        #expect(reused.compactMap(\.failure?.code) == [.invalidCredentials])
        #expect(connections.allSatisfy { $0.recording.closes.count == 1 } && spared.recording.closes.isEmpty)
        // The thief's, or his victim's, is over as well.
        #expect(self.refresh(second.refreshToken).compactMap(\.failure?.code) == [.invalidCredentials])
        var identity = Identity(user: UserID("ann"))
        identity.tokenID = self.id(second)
        #expect(self.stage.platform.refusal(of: identity)?.reason == "revoked")
        #expect(try self.refresh(other.refreshToken).first?.get() != nil)
    }

    @Test func `ROOM-D18 of two who bring the same refresh token at once one is refused, and the family ends`() throws {
        let first = try self.issue()
        self.stage.engine.hold()
        let results = self.refresh(first.refreshToken, first.refreshToken)
        #expect(results.count == 2)
        let winners = results.compactMap { try? $0.get() }
        #expect(winners.count <= 1)
        for winner in winners {
            #expect(self.refresh(winner.refreshToken).compactMap(\.failure?.code) == [.invalidCredentials])
        }
        #expect(try self.stage.engine.load().credentials.allSatisfy { $0.kind != .refresh })
    }

    @Test func `a refresh that could not be kept has not taken place`() throws {
        let tokens = try self.issue()
        self.stage.engine.failNext()
        #expect(self.refresh(tokens.refreshToken).compactMap(\.failure?.code) == [.storageUnavailable])
        #expect(try self.refresh(tokens.refreshToken).first?.get() != nil)
    }

    @Test func `a refresh token holds for its time, counted from its making`() throws {
        let stage = try Self.makeStage { $0.auth.issue.refresh = 10_000 }
        var tokens = try self.issue(on: stage)
        for _ in 0..<3 {
            stage.advance(seconds: 8)
            tokens = try #require(self.refresh(tokens.refreshToken, on: stage).first).get()
        }
        stage.advance(seconds: 11)
        #expect(self.refresh(tokens.refreshToken, on: stage).compactMap(\.failure?.reason) == ["invalid"])
    }

    @Test func `ROOM-008 a revoked user refreshes nothing, and one who is not known neither`() throws {
        let tokens = try self.issue()
        self.stage.advance(seconds: 1)
        self.stage.platform.revoke(.user(UserID("ann"), before: self.stage.clock.now())) { _ in }
        #expect(self.refresh(tokens.refreshToken).compactMap(\.failure?.reason) == ["revoked"])
        let stage = try Self.makeStage { $0.auth.users = .known }
        let unknown = try self.issue(on: stage)
        #expect(self.refresh(unknown.refreshToken, on: stage).compactMap(\.failure?.reason) == ["unknown_user"])
    }

    @Test(arguments: ["", ".", "abc", "a.b", String(repeating: "x", count: 66), String(repeating: ".", count: 66)])
    func `what is no refresh token is refused`(text: String) {
        #expect(self.refresh(text).compactMap(\.failure?.reason) == ["invalid"])
    }

    @Test func `without a secret nothing is issued`() throws {
        let stage = try Stage()
        #expect(throws: RequestError.self) { try self.issue(on: stage) }
    }
}
