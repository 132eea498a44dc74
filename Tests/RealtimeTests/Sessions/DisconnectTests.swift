// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import NIOEmbedded
import Realtime
import Testing

@Suite struct DisconnectTests {
    private let stage: Stage

    init() throws { self.stage = try Stage() }

    private func result<Value: Sendable>(_ future: EventLoopFuture<Value>) -> Value? {
        let found = Mutexed<Value?>(nil)
        future.whenSuccess { value in found.change { $0 = value } }
        self.stage.loop.run()
        return found.value
    }

    @Test func `one connection is ended by its number, and told why`() {
        let clients = [self.stage.connect("alice"), self.stage.connect("alice")]
        #expect(self.result(self.stage.platform.disconnect(connection: 2, gatheredOn: self.stage.loop)) == true)
        #expect(clients[0].port.recording.closes.isEmpty)
        #expect(clients[1].lines == ["error disconnected the operator ended this connection"])
        #expect(clients[1].port.recording.closes.map(\.code) == [.normal])
        #expect(self.result(self.stage.platform.disconnect(connection: 99, gatheredOn: self.stage.loop)) == false)
    }

    @Test func `every connection of a user is ended`() {
        let clients = ["alice", "bob", "alice"].map { self.stage.connect($0) }
        let count = self.result(self.stage.platform.disconnect(user: UserID("alice"), gatheredOn: self.stage.loop))
        #expect(count == 2)
        #expect(clients.map(\.port.recording.closes.count) == [1, 0, 1])
        #expect(self.result(self.stage.platform.disconnect(user: UserID("eve"), gatheredOn: self.stage.loop)) == 0)
    }

    @Test func `a contract without a close code does not keep what the operator ends`() throws {
        let stage = try Stage(.market { $0.errors = ErrorRules([.disconnected: .init(message: TextTemplate("bye"))]) })
        let client = stage.connect("alice")
        _ = stage.platform.disconnect(user: UserID("alice"), gatheredOn: stage.loop)
        stage.loop.run()
        #expect(client.lines == ["error disconnected bye"])
        #expect(client.port.recording.closes.map(\.code) == [.normal])
    }

    @Test
    func `everybody is closed as going away when the server goes down, also while ports report their end at once`() {
        let clients = (0..<5).map { _ in self.stage.connect("alice", to: ["topic:a"]) }
        for client in clients { client.port.afterClose = { client.session.close() } }
        _ = self.stage.platform.disconnectAll(gatheredOn: self.stage.loop)
        self.stage.loop.run()
        #expect(clients.allSatisfy { $0.port.recording.closes.map(\.code) == [.goingAway] })
        #expect(self.stage.hub.statistics.connections == 0)
        for client in clients { client.port.afterClose = nil }
    }

    @Test func `an error that closes by the contract closes, one without a code does not`() throws {
        let stage = try Stage(
            .market { $0.errors = ErrorRules([.forbidden: .init(close: CloseCode(rawValue: 4003), reason: "no")]) })
        let client = stage.connect("alice")
        client.session.fail(RequestError(.invalidMessage, "what?"))
        #expect(client.port.recording.closes.isEmpty)
        client.session.fail(RequestError(.forbidden, "not you"))
        #expect(client.lines == ["error invalidMessage what?", "error forbidden not you"])
        #expect(client.port.recording.closes.map(\.reason) == ["no"])
        #expect(stage.hub.statistics.errors == [.invalidMessage: 1, .forbidden: 1])
    }

    @Test func `who never became a session is refused and closed in any case`() throws {
        let port = RecordingPort(number: 1, eventLoop: self.stage.loop)
        self.stage.hub.refuse(port, RequestError(.invalidMessage, "no"), dialectIndex: 0)
        #expect(port.recording.lines == ["error invalidMessage no"])
        #expect(port.recording.closes.map(\.code) == [.policyViolation])
    }

    @Test func `statistics of all loops are added up`() {
        _ = self.stage.connect("alice", to: ["topic:a", "topic:b"])
        self.stage.say("said", #"{"topic":"a"}"#)
        let statistics = self.result(self.stage.platform.statistics(gatheredOn: self.stage.loop))
        #expect(statistics?.connections == 1)
        #expect(statistics?.subscriptions == 2)
        #expect(statistics?.deliveries == 1)
        #expect(statistics?.latency.count == 1)
    }

    @Test func `a platform that has closed has no hub, and sessions that outlive it still close`() throws {
        let client = self.stage.connect("alice", to: ["topic:a"])
        self.stage.platform.close()
        self.stage.loop.run()
        #expect(self.stage.engine.isClosed)
        #expect(self.stage.platform.hub(on: self.stage.loop) == nil)
        client.session.close()
        #expect(self.stage.platform.subscriberCounts.isEmpty)
    }

    @Test func `a closed platform and its sessions leave nothing behind`() throws {
        weak var platform: Platform?
        weak var session: Session?
        weak var hub: LoopHub?
        do {
            let stage = try Stage()
            let client = stage.connect("alice", to: ["topic:a"])
            stage.say("said", #"{"topic":"a"}"#)
            (platform, session, hub) = (stage.platform, client.session, stage.hub)
            client.session.close()
        }
        #expect(session == nil)
        #expect(hub == nil)
        #expect(platform == nil)
    }
}
