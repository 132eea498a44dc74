// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOEmbedded
import Testing

@testable import Realtime

/// The directory of users, and the revocation of their tokens.
struct RevocationTests {
    private let stage: Stage

    init() throws { self.stage = try Stage() }

    private func connect(_ user: String, issuedAt: Int64? = nil, id: String? = nil) -> RecordingPort {
        var identity = Identity(user: UserID(user))
        (identity.issuedAt, identity.tokenID) = (issuedAt, id)
        let port = RecordingPort(number: .random(in: 1...1_000_000), eventLoop: self.stage.loop)
        // Its hub keeps it.
        _ = Session(port: port, identity: identity, dialectIndex: 0, hub: self.stage.hub)
        return port
    }

    /// What becomes of a connection with such a token: nil: it is let in.
    private func reason(_ user: String, issuedAt: Int64? = nil, id: String? = nil) -> String? {
        var identity = Identity(user: UserID(user))
        (identity.issuedAt, identity.tokenID) = (issuedAt, id)
        guard case .failure(let error) = self.stage.platform.admit(identity) else { return nil }
        #expect(error.code == .invalidCredentials)
        return error.reason
    }

    private func revoke(_ revocation: Platform.Revocation, forgetAt: Timestamp? = nil) -> Int? {
        let counts = Mutexed<[Int]>([])
        self.stage.platform.revoke(revocation, forgetAt: forgetAt) { result in
            if case .success(let count) = result { counts.change { $0.append(count) } }
        }
        self.stage.loop.run()
        return counts.value.first
    }

    @Test func `ROOM-008 a revoked token lets nobody in, and its connections end at once`() {
        let revoked = self.connect("ann", id: "t1")
        let other = self.connect("ann", id: "t2")
        let without = self.connect("ann")
        #expect(self.revoke(.token("t1")) == 1)
        #expect(revoked.recording.closes.map(\.code) == [.policyViolation])
        #expect(other.recording.closes.isEmpty && without.recording.closes.isEmpty)
        #expect(self.reason("ann", id: "t1") == "revoked")
        #expect(self.reason("ann", id: "t2") == nil)
    }

    @Test func `ROOM-008 who is revoked on the way in does not get in`() {
        var identity = Identity(user: UserID("ann"))
        identity.tokenID = "t1"
        #expect(self.stage.hub.objection(to: identity) == nil)
        #expect(self.revoke(.token("t1")) == 0)
        #expect(self.stage.hub.objection(to: identity)?.reason == "revoked")
        identity.tokenID = "t2"
        #expect(self.stage.hub.objection(to: identity) == nil)
        identity.session = "ended"
        #expect(self.stage.hub.objection(to: identity)?.code == .sessionEnded)
    }

    @Test func `ROOM-008 what was issued to a user before a moment is revoked, later tokens are not`() {
        let before = self.stage.clock.now()
        let old = self.connect("ann", issuedAt: before.milliseconds - 1)
        let new = self.connect("ann", issuedAt: before.milliseconds)
        let undated = self.connect("ann")
        let other = self.connect("ben", issuedAt: 0)
        #expect(self.revoke(.user(UserID("ann"), before: before)) == 2)
        #expect(old.recording.closes.count == 1 && undated.recording.closes.count == 1)
        #expect(new.recording.closes.isEmpty && other.recording.closes.isEmpty)
        // An earlier moment takes nothing back.
        _ = self.revoke(.user(UserID("ann"), before: Timestamp(milliseconds: 5)))
        #expect(self.reason("ann", issuedAt: before.milliseconds - 1) == "revoked")
        #expect(self.reason("ann", issuedAt: before.milliseconds) == nil)
    }

    @Test func `a revocation is kept, and forgotten when it is said so`() throws {
        let soon = Timestamp(milliseconds: self.stage.clock.now().milliseconds + 5000)
        _ = self.revoke(.token("t1"))
        _ = self.revoke(.token("t2"), forgetAt: soon)
        #expect(self.reason("ann", id: "t2") == "revoked")
        self.stage.advance(seconds: 6)
        #expect(self.reason("ann", id: "t2") == nil)
        let again = try Stage(engine: EngineDouble(try self.stage.engine.load()), clock: self.stage.clock)
        var identity = Identity(user: UserID("ann"))
        identity.tokenID = "t1"
        #expect(again.platform.refusal(of: identity)?.reason == "revoked")
    }

    @Test func `ROOM-007 where users have to be known, others are refused, and connections end with their users`()
        throws
    {
        let stage = try Stage(.market { $0.auth.users = .known })
        let ann = Identity(user: UserID("ann"), name: "Ann", avatar: "a.png")
        #expect(stage.platform.refusal(of: ann)?.reason == "unknown_user")
        stage.platform.putUser(ann) { _ in }
        // The directory says what the token does not.
        let admitted = try stage.platform.admit(Identity(user: UserID("ann"))).get()
        #expect(admitted?.name == "Ann" && admitted?.avatar == "a.png")
        let client = stage.connect("ann")
        let counts = Mutexed<[Int]>([])
        stage.platform.removeUser(UserID("ann")) { result in counts.change { $0.append((try? result.get()) ?? -1) } }
        stage.loop.run()
        #expect(counts.value == [1])
        #expect(client.port.recording.closes.count == 1)
        #expect(stage.platform.user(UserID("ann")) == nil)
    }

    @Test func `a new version of the contract that wants to know users ends the connections of others`() {
        let ann = self.stage.connect("ann")
        let ben = self.stage.connect("ben")
        self.stage.platform.putUser(Identity(user: UserID("ann"))) { _ in }
        let definition = PlatformDefinition.market { $0.auth.users = .known }
        _ = self.stage.platform.adopt(definition, dialects: [LineDialect()], gatheredOn: self.stage.loop)
        self.stage.loop.run()
        #expect(ann.port.recording.closes.isEmpty)
        #expect(ben.port.recording.closes.count == 1)
    }
}
