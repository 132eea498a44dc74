// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Realtime
import Testing

struct SessionStoreTests {
    /// A session that is kept by the time this returns.
    private func makeSession(
        _ stage: Stage, _ identity: Identity = Identity(user: UserID("alice")), lifetime: Int64 = 60_000
    ) throws -> (id: String, session: StoredCredential) {
        let made = Mutexed<[Result<(id: String, session: StoredCredential), RequestError>]>([])
        stage.platform.createSession(for: identity, lifetime: lifetime) { result in made.change { $0.append(result) } }
        stage.loop.run()
        try #require(made.value.count == 1)
        return try made.value[0].get()
    }

    private func end(_ stage: Stage, _ sessions: [StoredCredential]) -> [Bool] {
        let ended = Mutexed<[Bool]>([])
        stage.platform.end(sessions) { result in
            let isDone = if case .success = result { true } else { false }
            ended.change { $0.append(isDone) }
        }
        stage.loop.run()
        return ended.value
    }

    private func connect(_ stage: Stage, _ id: String, number: UInt64) throws -> RecordingPort {
        let port = RecordingPort(number: number, eventLoop: stage.loop)
        let identity = try #require(stage.platform.identity(ofSession: id))
        _ = Session(port: port, identity: identity, dialectIndex: 0, hub: stage.hub)
        return port
    }

    @Test func `a session says who its holder is, also after a restart`() throws {
        let engine = EngineDouble()
        let claims = JSONDocument.of(#"{"org":{"id":9}}"#)
        let stage = try Stage(engine: engine)
        let ann = Identity(user: UserID("alice"), name: "Alice \"A\"", avatar: "a.png", roles: ["x"], claims: claims)
        let (id, session) = try self.makeSession(stage, ann)
        for stage in [stage, try Stage(engine: engine)] {
            let identity = try #require(stage.platform.identity(ofSession: id))
            #expect(identity.user == UserID("alice") && identity.name == "Alice \"A\"" && identity.avatar == "a.png")
            #expect(identity.roles == ["x"])
            #expect(identity.claims?.root["org"]?["id"]?.int == 9)
            #expect(identity.session == session.key && identity.expiresAt == session.expiresAt.milliseconds)
            #expect(identity.confirmedUntil == nil)
        }
        // What is kept does not let anybody in.
        #expect(stage.platform.identity(ofSession: session.key) == nil)
    }

    @Test func `a session that could not be kept is none`() throws {
        let stage = try Stage()
        stage.engine.failNext()
        #expect(throws: RequestError.self) { try self.makeSession(stage) }
        #expect(stage.platform.sessions(of: UserID("alice")).isEmpty)
    }

    @Test func `a session ends when its time is over, and so does its connection (BULK-004)`() throws {
        let stage = try Stage()
        let (id, _) = try self.makeSession(stage, lifetime: 3000)
        let port = try self.connect(stage, id, number: 1)
        stage.advance(seconds: 2)
        #expect(stage.platform.identity(ofSession: id) != nil && port.recording.closes.isEmpty)
        stage.advance(seconds: 2)
        #expect(stage.platform.identity(ofSession: id) == nil)
        #expect(stage.platform.sessions(of: UserID("alice")).isEmpty)
        #expect(port.recording.lines == ["error sessionEnded the session has ended"])
        #expect(port.recording.closes.count == 1)
    }

    @Test func `ending a session ends its connections at once, and no other (BULK-D02)`() throws {
        let stage = try Stage()
        let (first, session) = try self.makeSession(stage)
        let (second, other) = try self.makeSession(stage)
        let ports = [
            try self.connect(stage, first, number: 1), try self.connect(stage, second, number: 2),
            try self.connect(stage, first, number: 3),
        ]
        let plain = stage.connect("alice").port
        #expect(self.end(stage, [session]) == [true])
        #expect(ports.map(\.recording.closes.count) == [1, 0, 1] && plain.recording.closes.isEmpty)
        #expect(ports[0].recording.lines == ["error sessionEnded the session has ended"])
        #expect(stage.platform.sessions(of: UserID("alice")) == [other])
        #expect(stage.platform.identity(ofSession: first) == nil)
    }

    @Test func `a session whose end could not be kept goes on`() throws {
        let stage = try Stage()
        let (id, session) = try self.makeSession(stage)
        let port = try self.connect(stage, id, number: 1)
        stage.engine.failNext()
        #expect(self.end(stage, [session]) == [false])
        #expect(port.recording.closes.isEmpty && stage.platform.identity(ofSession: id) != nil)
    }
}
