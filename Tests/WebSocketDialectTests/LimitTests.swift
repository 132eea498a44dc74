// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import NIOEmbedded
import Realtime
import Testing
import WebSocketDialect

@Suite struct LimitTests {
    private let welcome = #"{"type":"connected","userId":"did:x:ann","timestamp":"\#(Stage.now)"}"#

    private func definition(_ change: (inout PlatformDefinition) -> Void) -> PlatformDefinition {
        var definition = PlatformDefinition.protocolOfOrders()
        change(&definition)
        return definition
    }

    /// A further connection in front of the stage's platform.
    private func connect(_ stage: Stage, address: String = "10.0.0.1", user: String = "did:x:ann") -> (
        port: RecordingPort, session: PlainSession
    ) {
        let port = RecordingPort(stage.loop)
        let session = PlainSession(
            port: port, credential: Credential(.jwt, user), address: address, hub: stage.hub,
            authenticator: OpenDoor())
        session.opened()
        return (port, session)
    }

    @Test func `a connection too many is told so and closed, and room comes back when one ends (BULK-025)`() throws {
        let stage = try Stage.open(
            self.definition {
                $0.limits.connectionsPerUser = 2
                $0.errors = ErrorRules([
                    .tooManyConnections: .init(
                        message: TextTemplate("Too many connections"), close: CloseCode(rawValue: 4002))
                ])
            })
        let second = self.connect(stage)
        #expect(second.port.texts == [self.welcome])
        let third = self.connect(stage)
        #expect(third.port.texts == [#"{"type":"error","message":"Too many connections"}"#])
        #expect(third.port.closes.map(\.code.rawValue) == [4002])
        #expect(third.port.closes.map(\.reason) == ["Too many connections"])
        third.session.closed()
        #expect(self.connect(stage).port.closes.count == 1, "one that was refused gives nothing back")
        second.session.closed()
        #expect(self.connect(stage).port.texts == [self.welcome])
    }

    @Test func `an address with too many attempts is refused before its token is looked at`() throws {
        let stage = try Stage.open(
            self.definition {
                $0.limits.attempts = [.init(.init(count: 2, window: 60_000), per: .address)]
            })
        #expect(self.connect(stage).port.texts == [self.welcome])
        #expect(self.connect(stage, user: "did:x:bob").port.closes.isEmpty)
        let refused = self.connect(stage, user: "did:x:bob")
        #expect(refused.port.texts.count == 1)
        #expect(refused.port.closes.count == 1)
        #expect(stage.hub.statistics.errors[.tooManyAttempts] == 1)
    }

    @Test func `who waits because of a limit gets nothing and is not read until then (BULK-027)`() throws {
        let stage = try Stage.open(
            self.definition {
                $0.limits.messages = [.init(.init(count: 1, window: 60_000), per: .user)]
                $0.limits.throttle = .init(first: 2000, longest: 8000)
            })
        for _ in 0..<3 { stage.say(#"{"type":"ping"}"#) }
        let next = self.connect(stage)
        #expect(next.port.receiving == [false])
        stage.loop.advanceTime(by: .milliseconds(1999))
        #expect(next.port.sends.isEmpty)
        stage.loop.advanceTime(by: .milliseconds(1))
        #expect(next.port.texts == [self.welcome])
        #expect(next.port.receiving == [false, true])
        let gone = self.connect(stage)
        gone.session.closed()
        stage.loop.advanceTime(by: .seconds(60))
        #expect(gone.port.sends.isEmpty)
    }

    @Test func `what is too much is not even parsed, and the next window is served again (PAY-055)`() throws {
        let stage = try Stage.open(
            self.definition { $0.limits.messages = [.init(.init(count: 2, window: 1000), per: .connection)] })
        #expect(stage.say(#"{"type":"ping"}"#).count == 1)
        #expect(stage.say("{").count == 1)
        #expect(stage.say("{") == [#"{"type":"error","message":"Rate limit exceeded"}"#])
        #expect(stage.say(#"{"type":"ping"}"#).isEmpty)
        stage.loop.advanceTime(by: .milliseconds(2000))
        #expect(stage.say(#"{"type":"ping"}"#).count == 1)
        #expect(stage.hub.statistics.messagesReceived == 5)
    }

    @Test func `invalid messages that the contract has no words for are dropped, until there are too many (BULK-029)`()
        throws
    {
        let stage = try Stage.open(
            self.definition {
                $0.frames.error = nil
                $0.limits.invalidMessages = .init(count: 10, window: 60_000)
            })
        for _ in 0..<5 {
            #expect(stage.say("{").isEmpty)
            #expect(stage.say(#"{"type":"dance"}"#).isEmpty)
        }
        #expect(stage.port.closes.isEmpty)
        stage.say("[]")
        #expect(stage.port.closes.map(\.code) == [.policyViolation])
    }
}
