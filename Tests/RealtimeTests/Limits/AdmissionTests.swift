// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Testing

@testable import Realtime

@Suite struct AdmissionTests {
    private func stage(_ change: @escaping (inout LimitRules) -> Void) throws -> Stage {
        try Stage(.market { change(&$0.limits) })
    }

    /// What comes of an attempt; `nil` while it waits.
    private final class Attempt {
        let admission: Admission?
        private(set) var outcome: RequestError??

        init(_ stage: Stage, _ user: String?, from address: String = "10.0.0.1") {
            self.admission = stage.hub.admission(from: address)
            if let error = self.admission?.knock() {
                self.outcome = .some(error)
            } else if let admission = self.admission {
                admission.enter(as: user.map { UserID($0) }) { self.outcome = .some($0) }
            } else {
                self.outcome = .some(nil)
            }
        }

        var isIn: Bool { if case .some(nil) = self.outcome { true } else { false } }
        var error: RequestError.Code? { (self.outcome ?? nil)?.code }
        var retryAfter: Int64? { (self.outcome ?? nil)?.retryAfter }
    }

    @Test func `a platform that limits no connections asks nothing`() throws {
        let stage = try self.stage { $0.messages = [.init(.init(count: 1, window: 1000), per: .user)] }
        #expect(stage.hub.admission(from: "10.0.0.1") == nil)
    }

    @Test func `the hundredth connection of a user is let in and the next is refused until one has gone (BULK-025)`()
        throws
    {
        let stage = try self.stage { $0.connectionsPerUser = 100 }
        var attempts = (0..<100).map { _ in Attempt(stage, "alice") }
        #expect(attempts.allSatisfy { $0.isIn })
        #expect(Attempt(stage, "alice").error == .tooManyConnections)
        #expect(Attempt(stage, "bob").isIn)
        #expect(Attempt(stage, nil).isIn)
        attempts.removeLast()
        #expect(Attempt(stage, "alice").isIn)
        #expect(stage.hub.statistics.limited[.connections] == 1)
    }

    @Test func `connections of an address are counted before it is known whose they are`() throws {
        let stage = try self.stage { $0.connectionsPerAddress = 2 }
        let attempts = [Attempt(stage, "alice"), Attempt(stage, "bob")]
        #expect(Attempt(stage, "carol").error == .tooManyConnections)
        #expect(Attempt(stage, "carol", from: "10.0.0.2").isIn)
        #expect(attempts.allSatisfy { $0.isIn })
    }

    @Test func `attempts are limited by address and by user`() throws {
        let stage = try self.stage {
            $0.attempts = [
                .init(.init(count: 5, window: 60_000), per: .address),
                .init(.init(count: 2, window: 60_000), per: .user),
            ]
        }
        #expect(Attempt(stage, "alice").isIn)
        #expect(Attempt(stage, "alice").isIn)
        #expect(Attempt(stage, "alice", from: "10.0.0.2").error == .tooManyAttempts)
        #expect((0..<9).count { Attempt(stage, "user\($0)").isIn } == 3)
        #expect(stage.hub.statistics.limited[.attempts] == 7)
    }

    @Test func `ORI-D17 credentials that do not hold count by address, a connection once, and hold back no others`()
        throws
    {
        let stage = try self.stage {
            $0.attempts = [
                .init(.init(count: 2, window: 60_000), per: .user),
                .init(.init(count: 2, window: 60_000), per: .address, countsRefused: true),
            ]
        }
        let bad = RequestError(.unauthenticated, "bad", reason: "invalid")
        func refusal(from address: String = "10.0.0.1") -> RequestError? {
            stage.hub.admission(from: address)?.reconsider(bad)
        }
        let first = try #require(stage.hub.admission(from: "10.0.0.1"))
        #expect((0..<3).allSatisfy { _ in first.reconsider(bad).code == .unauthenticated })
        #expect(first.reconsider(RequestError(.forbidden, "no")).code == .forbidden)
        #expect(refusal()?.code == .unauthenticated)
        #expect(refusal()?.code == .tooManyAttempts)
        #expect((1...120_000).contains(try #require(refusal()?.retryAfter)))
        #expect(refusal(from: "10.0.0.2")?.code == .unauthenticated)
        #expect(Attempt(stage, "alice").isIn, "good ones of the address")
        stage.advance(seconds: 121)
        #expect(refusal()?.code == .unauthenticated)
    }

    @Test func `who tried too often is told when the next try counts, and then it does`() throws {
        let stage = try self.stage { $0.attempts = [.init(.init(count: 2, window: 60_000), per: .user)] }
        _ = Attempt(stage, "alice")
        _ = Attempt(stage, "alice")
        let wait = try #require(Attempt(stage, "alice").retryAfter)
        #expect((1...120_000).contains(wait))
        stage.loop.advanceTime(by: .milliseconds(wait - 1))
        #expect(!Attempt(stage, "alice").isIn)
        stage.loop.advanceTime(by: .milliseconds(1))
        #expect(Attempt(stage, "alice").isIn)
    }

    @Test func `who exceeded a limit waits before the next connections, twice as long each time (BULK-027)`() throws {
        let stage = try self.stage {
            $0.messages = [.init(.init(count: 1, window: 60_000), per: .connection)]
            $0.throttle = .init(first: 1000, longest: 5000)
        }
        let client = stage.connect("alice")
        for _ in 0..<100 { _ = client.session.admitMessage() }
        for seconds in [1, 2, 4, 5, 5] as [Int64] {
            let attempt = Attempt(stage, "alice", from: "10.0.0.9")
            stage.loop.advanceTime(by: .milliseconds(1000 * seconds - 1))
            #expect(attempt.outcome == nil)
            stage.loop.advanceTime(by: .milliseconds(1))
            #expect(attempt.isIn)
        }
        #expect(Attempt(stage, "bob", from: "10.0.0.9").isIn, "others do not wait")
        #expect(stage.hub.statistics.limited[.throttled] == 5)
        stage.advance(seconds: 60)
        #expect(Attempt(stage, "alice").isIn, "forgotten after a minute")
    }

    @Test func `an attempt that was given up while it waits is never answered and counts no more`() throws {
        let stage = try self.stage {
            $0.connectionsPerUser = 1
            $0.throttle = .init(first: 1000, longest: 5000)
        }
        let first = Attempt(stage, "alice")
        #expect(Attempt(stage, "alice").error == .tooManyConnections)
        first.admission?.leave()
        let waiting = Attempt(stage, "alice")
        #expect(stage.platform.limits.connectionCount(of: .user(UserID("alice"))) == 1)
        waiting.admission?.leave()
        stage.advance(seconds: 10)
        #expect(waiting.outcome == nil)
        #expect(stage.platform.limits.isEmpty)
    }

    @Test func `a connection of several sessions still counts once under changed limits`() throws {
        let stage = try self.stage { $0.connectionsPerUser = 1 }
        let alice = LimitOwner.user(UserID("alice"))
        let admission = try #require(stage.hub.admission(from: "10.0.0.1", isShared: true))
        admission.enter(as: UserID("alice")) { #expect($0 == nil) }
        func open(_ number: UInt64) -> Session {
            Session(
                port: RecordingPort(number: number, eventLoop: stage.loop), identity: Identity(user: UserID("alice")),
                dialectIndex: 0, hub: stage.hub, admission: admission)
        }
        let sessions = [open(101), open(102)]
        func adopt(_ limit: Int) throws {
            let definition = PlatformDefinition.market { $0.limits.connectionsPerUser = limit }
            let adopted = stage.platform.adopt(definition, dialects: [LineDialect()], gatheredOn: stage.loop)
            stage.loop.run()
            try adopted.wait()
        }
        try adopt(2)
        #expect(stage.platform.limits.connectionCount(of: alice) == 1)
        #expect(Attempt(stage, "alice").isIn)
        let third = open(103)
        #expect(stage.platform.limits.connectionCount(of: alice) == 1)
        try adopt(1)
        #expect(Attempt(stage, "alice").error == .tooManyConnections)
        for session in sessions + [third] { session.close() }
        #expect(stage.platform.limits.connectionCount(of: alice) == 1)
        admission.leave()
        #expect(stage.platform.limits.isEmpty)
    }

    @Test func `counts follow connections whatever becomes of them, and end at nothing`() throws {
        let stage = try self.stage {
            $0.connectionsPerUser = 3
            $0.connectionsPerAddress = 5
            $0.throttle = .init(first: 1000, longest: 8000)
        }
        var generator = SystemRandomNumberGenerator()
        var attempts: [(user: String?, attempt: Attempt)] = []
        var sessions: [(user: String?, session: Session)] = []
        for number in 0..<4000 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                let user = ["alice", "bob", "carol", nil].randomElement(using: &generator) ?? nil
                let address = "10.0.0.\(Int.random(in: 1...3, using: &generator))"
                let attempt = Attempt(stage, user, from: address)
                if attempt.error == nil { attempts.append((user, attempt)) }
            case 5..<7 where !attempts.isEmpty:
                let (user, attempt) = attempts.remove(at: .random(in: attempts.indices, using: &generator))
                // Given up, or let go without a word.
                if Bool.random(using: &generator) { attempt.admission?.leave() }
                guard attempt.isIn, let admission = attempt.admission else { break }
                sessions.append(
                    (
                        user,
                        Session(
                            port: RecordingPort(number: UInt64(number), eventLoop: stage.loop),
                            identity: user.map { Identity(user: UserID($0)) }, dialectIndex: 0, hub: stage.hub,
                            admission: admission)
                    ))
            case 7 where !sessions.isEmpty:
                let (_, session) = sessions.remove(at: .random(in: sessions.indices, using: &generator))
                session.close()
                session.close()
            default: stage.loop.advanceTime(by: .milliseconds(.random(in: 0...3000, using: &generator)))
            }
        }
        attempts = []
        for (_, session) in sessions { session.close() }
        stage.advance(seconds: 60)
        #expect(stage.platform.limits.isEmpty)
    }
}
