// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import NIOEmbedded
import Testing

@testable import Realtime

@Suite struct SessionLimitsTests {
    private func rate(_ count: Int, _ window: Int64 = 60_000) -> LimitRules.Rate { .init(count: count, window: window) }

    // MARK: Messages

    @Test func `the hundredth message is served and the next closes as the contract says (PAY-055)`() throws {
        let stage = try Stage(
            .market {
                $0.limits.messages = [.init(self.rate(100), per: .connection)]
                $0.errors = ErrorRules([
                    .tooManyMessages: .init(
                        message: TextTemplate("Rate limit exceeded"), close: CloseCode(rawValue: 4008))
                ])
            })
        let (flooder, other) = (stage.connect("alice"), stage.connect("alice"))
        #expect((0..<100).allSatisfy { _ in flooder.session.admitMessage() })
        #expect(flooder.port.recording.closes.isEmpty)
        #expect(!flooder.session.admitMessage())
        #expect(flooder.port.recording.closes.map(\.code.rawValue) == [4008])
        #expect(flooder.port.recording.closes.map(\.reason) == ["Rate limit exceeded"])
        #expect(other.session.admitMessage())
        #expect(other.lines.isEmpty)
    }

    @Test func `a limit over the lifetime never makes room again (PAY-055)`() throws {
        let stage = try Stage(.market { $0.limits.messages = [.init(self.rate(3, 0), per: .user, exceeding: .delay)] })
        let client = stage.connect()
        for _ in 0..<3 {
            #expect(client.session.admitMessage())
            stage.advance(seconds: 3600)
        }
        #expect(!client.session.admitMessage())
        #expect(stage.connect().session.admitMessage(), "the next connection begins anew")
    }

    @Test func `a flood is answered once a second and counted whole`() throws {
        let stage = try Stage(.market { $0.limits.messages = [.init(self.rate(2), per: .connection)] })
        let client = stage.connect()
        for _ in 0..<3 {
            for _ in 0..<500 { _ = client.session.admitMessage() }
            stage.advance(seconds: 1)
        }
        #expect(client.lines.count == 3)
        #expect(client.lines.allSatisfy { $0.hasPrefix("error tooManyMessages") })
        #expect(client.port.recording.closes.isEmpty)
        #expect(stage.hub.statistics.limited[.messages] == 1498)
    }

    @Test func `messages of a user count together on all connections and loops (BULK-026)`() async throws {
        let pair = try LoopPair(.market { $0.limits.messages = [.init(self.rate(10), per: .user)] })
        let platform = pair.platform
        let admitted = Mutexed(0)
        for turn in 0..<6 {
            let loop = pair.loops[turn % 2]
            try await loop.executeInContext {
                guard let hub = platform.hub(on: loop) else { return }
                let session = Session(
                    port: RecordingPort(number: UInt64(turn + 1), eventLoop: loop),
                    identity: Identity(user: UserID("alice")), dialectIndex: 0, hub: hub)
                for _ in 0..<3 where session.admitMessage() { admitted.change { $0 += 1 } }
                session.close()
            }
        }
        #expect(admitted.value == 10)
        await pair.close()
    }

    @Test func `nobody's messages count for their connection alone`() throws {
        let stage = try Stage(.market { $0.limits.messages = [.init(self.rate(1), per: .user)] })
        for _ in 0..<3 {
            let client = stage.connect(nil)
            #expect(client.session.admitMessage())
            #expect(!client.session.admitMessage())
        }
    }

    @Test func `a message that one rule refuses takes nothing of the others`() throws {
        let stage = try Stage(
            .market {
                $0.limits.messages = [.init(self.rate(5), per: .user), .init(self.rate(2), per: .connection)]
            })
        let first = stage.connect()
        #expect((0..<10).count { _ in first.session.admitMessage() } == 2)
        let second = stage.connect()
        let third = stage.connect()
        #expect((0..<10).count { _ in second.session.admitMessage() } == 2)
        #expect((0..<10).count { _ in third.session.admitMessage() } == 1)
    }

    @Test func `a rate that delays stops the reading until there is room, and loses nothing (BULK-026)`() throws {
        let stage = try Stage(
            .market { $0.limits.messages = [.init(self.rate(3, 3000), per: .connection, exceeding: .delay)] })
        let client = stage.connect()
        #expect(client.session.admitMessage())
        #expect(client.session.admitMessage())
        #expect(client.port.recording.receiving.isEmpty)
        #expect(client.session.admitMessage())
        #expect(client.port.recording.receiving == [false])
        stage.loop.advanceTime(by: .milliseconds(2999))
        #expect(client.port.recording.receiving == [false])
        stage.loop.advanceTime(by: .milliseconds(1))
        #expect(client.port.recording.receiving == [false, true])
        for _ in 0..<3 { #expect(client.session.admitMessage()) }
        #expect(client.port.recording.receiving == [false, true, false])
        #expect(client.lines.isEmpty)
        #expect(stage.hub.statistics.limited[.delays] == 2)
    }

    @Test func `nothing is received while anybody still wants it so, and a connection that has gone is left alone`()
        throws
    {
        let stage = try Stage(
            .market { $0.limits.messages = [.init(self.rate(1, 1000), per: .connection, exceeding: .delay)] })
        let client = stage.connect()
        client.session.pauseReceiving()
        #expect(client.session.admitMessage())
        stage.advance(seconds: 2)
        #expect(client.port.recording.receiving == [false])
        client.session.resumeReceiving()
        #expect(client.port.recording.receiving == [false, true])
        client.session.resumeReceiving()
        #expect(client.session.admitMessage())
        client.session.close()
        stage.advance(seconds: 2)
        #expect(client.port.recording.receiving == [false, true, false])
    }

    @Test func `invalid messages end the connection when there are too many (BULK-029)`() throws {
        let stage = try Stage(.market { $0.limits.invalidMessages = self.rate(10) })
        let client = stage.connect()
        let errors = [RequestError(.invalidMessage, "no"), RequestError(.unknownCommand, "no")]
        for number in 0..<10 { client.session.fail(errors[number % 2]) }
        client.session.fail(RequestError(.forbidden, "no"))
        #expect(client.port.recording.closes.isEmpty)
        client.session.fail(errors[0])
        #expect(client.port.recording.closes.map(\.code) == [.policyViolation])
        #expect(client.lines.last?.hasPrefix("error tooManyInvalid") == true)
        #expect(client.lines.count == 12)
    }

    // MARK: Publications

    @Test func `publications are limited for each user, connection and channel`() throws {
        let stage = try Stage(
            .market {
                $0.limits.publishes = [
                    .init(self.rate(10), per: .user), .init(self.rate(4), per: .connection),
                    .init(self.rate(3), per: .channel),
                ]
            })
        let (red, blue) = (try #require(ChannelName("red")), try #require(ChannelName("blue")))
        let first = stage.connect()
        #expect((0..<9).count { _ in first.session.admitPublish(to: [red]) == nil } == 3)
        #expect(first.session.admitPublish(to: [blue, red])?.code == .rateLimited)
        #expect((0..<9).count { _ in first.session.admitPublish(to: [blue]) == nil } == 1)
        let second = stage.connect()
        #expect((0..<9).count { _ in second.session.admitPublish(to: [blue]) == nil } == 2)
        #expect((0..<9).count { _ in second.session.admitPublish(to: []) == nil } == 2)
    }

    // MARK: Time

    @Test func `a connection that sends nothing ends, whatever it is sent, and one that sends stays`() throws {
        let stage = try Stage(.market { $0.limits.idle = 60_000 })
        let (silent, busy) = (stage.connect("alice"), stage.connect("bob"))
        for _ in 0..<11 {
            stage.advance(seconds: 10)
            _ = busy.session.admitMessage()
        }
        #expect(silent.port.recording.closes.map(\.code) == [.normal])
        #expect(silent.lines.contains { $0.hasPrefix("error idle") })
        #expect(busy.port.recording.closes.isEmpty)
        stage.advance(seconds: 59)
        #expect(busy.port.recording.closes.isEmpty)
        stage.advance(seconds: 2)
        #expect(busy.port.recording.closes.count == 1)
        #expect(stage.hub.statistics.limited[.idle] == 2)
    }

    @Test func `a connection is not called silent while it is not read`() throws {
        let stage = try Stage(.market { $0.limits.idle = 5_000 })
        let client = stage.connect()
        client.session.pauseReceiving()
        stage.advance(seconds: 20)
        #expect(client.port.recording.closes.isEmpty)
        client.session.resumeReceiving()
        stage.advance(seconds: 2)
        #expect(client.port.recording.closes.map(\.code) == [.normal])
    }

    @Test func `a connection ends when its time is over, not before`() throws {
        let stage = try Stage(.market { $0.limits.lifetime = 100_000 })
        let client = stage.connect()
        stage.advance(seconds: 99)
        #expect(client.port.recording.closes.isEmpty)
        stage.advance(seconds: 2)
        #expect(client.port.recording.closes.map(\.code) == [.normal])
        #expect(client.lines.last?.hasPrefix("error lifetimeOver") == true)
        #expect(stage.hub.statistics.limited[.lifetime] == 1)
    }

    @Test func `a connection without anything to count costs nothing for it`() throws {
        let stage = try Stage(.market { $0.limits.messages = [.init(self.rate(10), per: .user)] })
        let client = stage.connect()
        _ = client.session.admitMessage()
        #expect(!client.session.hasLimitCounts)
    }
}
