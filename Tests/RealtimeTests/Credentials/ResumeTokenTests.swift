// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

struct ResumeTokenTests {
    private static func definition() -> PlatformDefinition {
        var definition = PlatformDefinition.market()
        definition.auth.resume = AuthRules.Resume(source: .query("resume"), age: 60_000)
        definition.frames.resume = Template(.json([]))
        return definition
    }

    private func stage(_ engine: EngineDouble = EngineDouble()) throws -> Stage {
        try Stage(Self.definition(), engine: engine)
    }

    /// The token that a connection of this user is given.
    private func token(_ stage: Stage, _ identity: Identity = Identity(user: UserID("alice"))) throws -> String {
        let port = RecordingPort(number: .random(in: 1000 ... .max), eventLoop: stage.loop)
        let session = Session(port: port, identity: identity, dialectIndex: 0, hub: stage.hub)
        session.notify(.connected)
        session.offerResumeToken()
        #expect(port.recording.lines == ["connected"], "the token is not kept yet")
        stage.loop.run()
        let words = try #require(port.recording.lines.last).split(separator: " ")
        try #require(words.first == "resume" && words.count == 2)
        return String(words[1])
    }

    private func take(_ stage: Stage, _ tokens: String...) -> [String] {
        let outcomes = Mutexed<[String]>([])
        for token in tokens {
            stage.platform.takeResumeToken(token, on: stage.loop) { result in
                switch result {
                case .success(let identity): outcomes.change { $0.append(identity.user.rawValue) }
                case .failure(let error): outcomes.change { $0.append(error.code.rawValue) }
                }
            }
        }
        stage.engine.release()
        stage.loop.run()
        return outcomes.value
    }

    @Test func `a token holds once, also when two bring it at the same time (PAY-076)`() throws {
        let stage = try self.stage()
        let token = try self.token(stage)
        stage.engine.hold()
        #expect(self.take(stage, token, token).sorted() == ["alice", "invalidCredentials"])
        #expect(self.take(stage, token) == ["invalidCredentials"])
        #expect(self.take(stage, "", "nonsense", token + "x") == Array(repeating: "invalidCredentials", count: 3))
    }

    @Test func `a used token stays used after a restart, an unused one holds (PAY-076)`() throws {
        let engine = EngineDouble()
        let stage = try self.stage(engine)
        let (used, unused) = (try self.token(stage), try self.token(stage))
        #expect(self.take(stage, used) == ["alice"])
        let again = try self.stage(engine)
        #expect(self.take(again, used, unused) == ["invalidCredentials", "alice"])
    }

    @Test func `nobody gets in while the store does not forget the token`() throws {
        let stage = try self.stage()
        let token = try self.token(stage)
        stage.engine.failNext()
        #expect(self.take(stage, token) == ["storageUnavailable"])
        #expect(self.take(stage, token) == ["alice"])
    }

    @Test func `an old token is refused (PAY-076)`() throws {
        let stage = try self.stage()
        let token = try self.token(stage)
        stage.advance(seconds: 60)
        #expect(self.take(stage, token) == ["invalidCredentials"])
    }

    @Test func `a token carries over who the user is, and until when`() throws {
        let stage = try self.stage()
        let now = stage.clock.now().milliseconds
        var identity = Identity(
            user: UserID("alice"), name: "A", roles: ["x"], claims: JSONDocument.of(#"{"a":[1]}"#),
            expiresAt: now + 30_000)
        identity.confirmedUntil = now + 20_000
        let token = try self.token(stage, identity)
        let taken = Mutexed<[Identity]>([])
        stage.platform.takeResumeToken(token, on: stage.loop) { result in
            if case .success(let identity) = result { taken.change { $0.append(identity) } }
        }
        stage.loop.run()
        let again = try #require(taken.value.first)
        #expect(again.name == "A" && again.roles == ["x"] && again.claims?.root["a"]?.count == 1)
        #expect(again.expiresAt == now + 30_000 && again.confirmedUntil == now + 20_000 && again.session == nil)
        // A token that ends with what the connection rests on.
        let second = try self.token(stage, identity)
        stage.advance(seconds: 30)
        #expect(self.take(stage, second) == ["invalidCredentials"])
    }

    @Test func `a token ends with the session that its connection rests on`() throws {
        let stage = try self.stage()
        let made = Mutexed<[StoredCredential]>([])
        stage.platform.createSession(for: Identity(user: UserID("alice")), lifetime: 600_000) { result in
            if case .success(let (_, session)) = result { made.change { $0.append(session) } }
        }
        stage.loop.run()
        let session = try #require(made.value.first)
        var identity = Identity(user: UserID("alice"))
        identity.session = session.key
        let (first, second) = (try self.token(stage, identity), try self.token(stage, identity))
        #expect(self.take(stage, first) == ["alice"])
        stage.platform.end([session]) { _ in }
        stage.loop.run()
        #expect(self.take(stage, second) == ["sessionEnded"])
    }

    @Test func `no token is made for nobody, or where the platform has no words for it`() throws {
        for change in [{ $0.frames.resume = nil }, { $0.auth.resume = nil }, { _ in }]
            as [(inout PlatformDefinition) -> Void]
        {
            var definition = Self.definition()
            change(&definition)
            let stage = try Stage(definition)
            let isNobody = definition.auth.resume != nil && definition.frames.resume != nil
            let client = stage.connect(isNobody ? nil : "alice")
            client.session.offerResumeToken()
            stage.loop.run()
            #expect(client.lines.isEmpty && stage.engine.committed.isEmpty)
        }
    }
}
