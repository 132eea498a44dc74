// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Testing

@testable import Realtime

/// What the backend is told of, in which order, and what becomes of a delivery that fails.
struct WebhookTests {
    private static func definition(_ change: (inout WebhookRules) -> Void = { _ in }) -> PlatformDefinition {
        .market { definition in
            var rules = WebhookRules(url: "http://backend/hooks", secret: "whsec_secret")
            (rules.retry.from, rules.retry.to, rules.retry.age) = (1000, 8000, 60_000)
            change(&rules)
            definition.webhooks = rules
            definition.channels[definition.channels.count - 1].presence = ChannelPresenceRules(
                grace: 0, online: nil, offline: nil)
        }
    }

    private let stage: Stage
    private let backend = BackendDouble()

    init() throws {
        self.stage = try Stage(Self.definition())
        self.stage.platform.backend.exchange(self.backend)
        self.stage.platform.start()
    }

    /// Type, then channel or user, of each message in its order.
    private func told(_ backend: BackendDouble? = nil) -> [String] {
        (backend ?? self.backend).bodies.map { body in
            let root = JSONDocument.of(body).root
            let what = root["channel"]?.string ?? root["user"]?["id"]?.string ?? "nobody"
            return "\(root["type"]?.string ?? "") \(what)"
        }
    }

    private func adopt(_ change: (inout WebhookRules) -> Void) {
        let definition = Self.definition(change)
        _ = self.stage.platform.adopt(
            definition, dialects: self.stage.platform.dialects, gatheredOn: self.stage.loop)
        self.stage.loop.run()
    }

    // MARK: What is told

    @Test func `a connection's life is told in its order`() {
        let ann = self.stage.connect("ann", roles: ["host"], to: ["global"])
        let ben = self.stage.connect("ben", to: ["global"])
        self.stage.loop.run()
        ben.session.close()
        _ = ann.session.unsubscribe(from: "global")
        self.stage.loop.run()
        ann.session.close()
        self.stage.loop.run()
        let told = self.told()
        #expect(
            told.filter { $0.contains("vacated") || $0.contains("occupied") } == [
                "channel.occupied global", "channel.vacated global",
            ])
        let users = self.backend.bodies.filter { $0.contains(#""id":"ann""#) }.map { JSONDocument.of($0).root }
        #expect(users.map { $0["type"]?.string } == ["connected", "subscribed", "unsubscribed", "disconnected"])
        #expect(self.stage.platform.webhookFigures.delivered == UInt64(told.count))
        #expect(self.stage.platform.webhookFigures.waiting == 0)
    }

    @Test func `a message says what happened, to whom, where and when`() {
        let ann = self.stage.connect("ann", roles: ["host"], to: ["topic:tea"])
        self.stage.loop.run()
        let body = self.backend.bodies.first { $0.contains(#""type":"subscribed""#) } ?? ""
        let id = ConnectionID.text(of: ann.port.number)
        let sequence = JSONDocument.of(body).root["sequence"]?.int ?? 0
        #expect(
            body == """
                {"type":"subscribed","id":"wh_1762344000000_\(sequence)","platform":"market",\
                "time":"2025-11-05T12:00:00.000Z","sequence":\(sequence),\
                "user":{"id":"ann","roles":["host"]},"connection":{"id":"\(id)"},\
                "channel":"topic:tea","parameters":{"name":"tea"}}
                """)
        let message = self.backend.messages.first
        #expect(message?.url == "http://backend/hooks" && message?.secret == "whsec_secret")
        #expect(Set(self.backend.messages.map(\.id)).count == self.backend.messages.count)
    }

    @Test func `presence in a channel is told once however many connections a user has`() {
        let first = self.stage.connect("ann", to: ["topic:tea"])
        let second = self.stage.connect("ann", to: ["topic:tea"])
        self.stage.loop.run()
        first.session.close()
        self.stage.loop.run()
        second.session.close()
        self.stage.loop.run()
        #expect(
            self.told().filter { $0.hasPrefix("presence") } == [
                "presence.online topic:tea", "presence.offline topic:tea",
            ])
    }

    @Test func `a user comes online with his first connection, and goes offline when the last is long enough gone`()
        throws
    {
        var definition = Self.definition()
        definition.webhooks?.kinds = [.presenceOnline, .presenceOffline]
        definition.presence = PlatformDefinition.Presence(
            event: "none", grace: 2000, data: Template(.json(Array("{}".utf8))), location: .test)
        let stage = try Stage(definition)
        stage.platform.backend.exchange(self.backend)
        stage.platform.start()
        let clients = [stage.connect("ann"), stage.connect("ann")]
        for client in clients { client.session.close() }
        stage.advance(seconds: 1)
        #expect(self.told() == ["presence.online ann"])
        stage.advance(seconds: 3)
        #expect(self.told() == ["presence.online ann", "presence.offline ann"])
    }

    @Test func `only the events and channels of the contract are told, and none without the key`() {
        self.adopt { rules in
            rules.kinds = [.channelOccupied, .channelVacated, .subscribed]
            rules.patterns = [ChannelPattern("topic:{name}")]
        }
        let ann = self.stage.connect("ann", to: ["global", "topic:tea"])
        ann.session.close()
        self.stage.loop.run()
        #expect(
            self.told().sorted() == ["channel.occupied topic:tea", "channel.vacated topic:tea", "subscribed topic:tea"])
        self.backend.forget()
        _ = self.stage.platform.adopt(.market(), dialects: self.stage.platform.dialects, gatheredOn: self.stage.loop)
        self.stage.loop.run()
        self.stage.connect("ann", to: ["topic:tea"]).session.close()
        self.stage.loop.run()
        #expect(self.backend.messages.isEmpty)
        #expect(self.stage.engine.webhookCounts.waiting == 0)
    }

    // MARK: Order and retries

    @Test func `the next of a user waits for the one before, others do not wait for him`() {
        let ann = #""id":"ann""#
        self.backend.setRule { .success(BackendAnswer(status: $0.text.contains(ann) ? 500 : 204)) }
        _ = self.stage.connect("ann", to: ["global"])
        _ = self.stage.connect("ben", to: ["global"])
        self.stage.advance(seconds: 3)
        let tries = self.backend.messages.filter { $0.text.contains(ann) }
        #expect(tries.count >= 2 && Set(tries.map(\.id)).count == 1)
        #expect(tries.allSatisfy { $0.text.contains(#""type":"connected""#) })
        #expect(self.told().contains("subscribed global"))
        self.backend.setRule { _ in .success(BackendAnswer(status: 200)) }
        self.backend.forget()
        self.stage.advance(seconds: 9)
        #expect(self.backend.bodies.map { JSONDocument.of($0).root["type"]?.string } == ["connected", "subscribed"])
        #expect(self.stage.engine.webhookCounts == WebhookCounts())
    }

    @Test func `waits between tries grow up to the contract's longest, and the last try is at the end of the time`() {
        self.backend.setRule { _ in .failure(BackendFailure("connection refused")) }
        _ = self.stage.connect("ann")
        var times: [Int64] = []
        for second in 0..<70 as Range<Int64> {
            self.stage.advance(seconds: 1)
            while times.count < self.backend.messages.count { times.append(second) }
        }
        let waits = zip(times.dropFirst(), times).map { $0 - $1 }
        #expect(waits.allSatisfy { $0 <= 9 } && waits.contains { $0 >= 4 })
        #expect(times.last.map { (59...61).contains($0) } == true)
        #expect(self.stage.engine.webhookCounts == WebhookCounts(waiting: 0, dead: 1))
        #expect(self.stage.platform.webhookFigures.dead == 1)
        #expect(self.stage.reports.contains { $0.contains("given up") && $0.contains("connection refused") })
    }

    @Test(arguments: [400, 401, 403, 404, 410, 413, 422])
    func `what will never be accepted is given up at once, and the next of the user goes on`(status: Int) {
        self.backend.setRule { message in
            .success(BackendAnswer(status: message.text.contains(#""connected""#) ? status : 200))
        }
        _ = self.stage.connect("ann", to: ["global"])
        self.stage.loop.run()
        #expect(self.stage.engine.webhookCounts == WebhookCounts(waiting: 0, dead: 1))
        #expect(self.told().contains("subscribed global"))
    }

    @Test(arguments: [301, 302, 307, 408, 425, 429, 500, 502, 503])
    func `what may be accepted later is tried again`(status: Int) {
        self.backend.setRule { _ in .success(BackendAnswer(status: status)) }
        _ = self.stage.connect("ann")
        self.stage.loop.run()
        #expect(self.stage.engine.webhookCounts == WebhookCounts(waiting: 1, dead: 0))
        self.stage.advance(seconds: 2)
        #expect(self.backend.messages.count >= 2)
    }

    @Test func `a backend that wants to be left alone is, no longer than the contract's longest wait`() {
        self.backend.setRule { _ in .success(BackendAnswer(status: 429, retryAfter: 5000)) }
        _ = self.stage.connect("ann")
        self.stage.advance(seconds: 4)
        #expect(self.backend.messages.count == 1)
        self.stage.advance(seconds: 2)
        #expect(self.backend.messages.count == 2)
        self.backend.setRule { _ in .success(BackendAnswer(status: 429, retryAfter: 3_600_000)) }
        self.stage.advance(seconds: 15)
        #expect(self.backend.messages.count >= 3)
    }

    @Test func `no more are under way than the contract says`() {
        self.adopt { $0.concurrency = 3 }
        self.backend.setRule { _ in nil }
        for number in 0..<10 { _ = self.stage.connect("user\(number)") }
        self.stage.loop.run()
        #expect(self.backend.waiting.count == 3)
        self.backend.answerNext()
        self.stage.loop.run()
        #expect(self.backend.waiting.count == 3 && self.backend.messages.count == 4)
    }

    @Test func `a dead backend is asked one at a time, and everything comes when it is back`() {
        self.backend.setRule { _ in .failure(BackendFailure("connection refused")) }
        for number in 0..<40 { _ = self.stage.connect("user\(number)") }
        self.stage.loop.run()
        let first = self.backend.messages.count
        #expect(first < 40)
        self.stage.advance(seconds: 20)
        #expect(self.backend.messages.count - first <= 20)
        #expect(self.stage.reports.count { $0.contains("cannot be delivered") } == 1)
        self.backend.setRule { _ in .success(BackendAnswer(status: 200)) }
        self.backend.forget()
        self.stage.advance(seconds: 40)
        #expect(Set(self.backend.messages.map(\.id)).count == 40 && self.backend.messages.count == 40)
        #expect(self.stage.reports.contains { $0.contains("again") })
    }

    @Test func `what waits goes to the address that a reload brings`() {
        self.backend.setRule { _ in .failure(BackendFailure("no route")) }
        _ = self.stage.connect("ann")
        self.stage.loop.run()
        self.backend.setRule { _ in .success(BackendAnswer(status: 200)) }
        self.adopt { $0.url = "http://other/hooks" }
        self.stage.advance(seconds: 2)
        #expect(self.backend.messages.last?.url == "http://other/hooks")
        #expect(self.stage.engine.webhookCounts.waiting == 0)
    }

    // MARK: The store

    @Test func `a store that takes nothing stops nobody, and what waits in memory is kept later in its order`() {
        for _ in 0..<3 { self.stage.engine.failNext() }
        let ann = self.stage.connect("ann", to: ["global"])
        self.stage.loop.run()
        #expect(ann.session.isOpen && self.backend.messages.isEmpty)
        ann.session.close()
        self.stage.advance(seconds: 4)
        let types = self.backend.bodies.filter { $0.contains(#""id":"ann""#) }.map {
            JSONDocument.of($0).root["type"]?.string
        }
        #expect(types == ["connected", "subscribed", "unsubscribed", "disconnected"])
        let sequences = self.backend.bodies.compactMap { JSONDocument.of($0).root["sequence"]?.int }
        #expect(sequences.sorted() == Array(1...sequences.count))
        #expect(self.stage.platform.webhookFigures.lost == 0)
    }

    @Test func `what cannot be noted as accepted is not sent again while the process lives`() {
        self.backend.setRule { _ in nil }
        _ = self.stage.connect("ann")
        self.stage.loop.run()
        for _ in 0..<2 { self.stage.engine.failNext() }
        self.backend.answerNext()
        self.stage.advance(seconds: 5)
        #expect(self.backend.messages.count == 1)
        #expect(self.stage.engine.webhookCounts.waiting == 0)
    }

    @Test func `more than memory may hold is lost, counted and said`() {
        let notes = WebhookNotes(EngineState())
        let event = WebhookEvent(kind: .connected, time: ManualClock.start)
        var lossCount = 0
        for _ in 0..<WebhookNotes.maximumCount + 5 where notes.append(event).isFirstLoss { lossCount += 1 }
        #expect(notes.figures.lost == 5 && lossCount == 1)
        #expect(notes.take(.market()).count == WebhookNotes.batchCount)
        #expect(notes.takeLossCount() == 5 && notes.takeLossCount() == 0)
    }

    @Test func `what is left at the end is kept, and delivered with its ids by the next process`() throws {
        let engine = MemoryEngine()
        let silent = BackendDouble { _ in nil }
        func platform(_ loop: EmbeddedEventLoop, _ backend: BackendDouble) throws -> Platform {
            let platform = try Platform(
                Self.definition(), dialects: [LineDialect()], engine: engine, eventLoops: [loop],
                clock: self.stage.clock, node: 7)
            platform.backend.exchange(backend)
            platform.start()
            return platform
        }
        let loop = EmbeddedEventLoop()
        let first = try platform(loop, silent)
        let hub = try #require(first.hub(on: loop))
        let port = RecordingPort(number: 1, eventLoop: loop)
        let session = Session(port: port, identity: Identity(user: UserID("ann")), dialectIndex: 0, hub: hub)
        loop.run()
        session.close()
        first.close()
        loop.run()
        let second = try platform(loop, self.backend)
        loop.run()
        #expect(self.told() == ["connected ann", "disconnected ann"])
        #expect(self.backend.messages.first?.id == silent.messages.first?.id)
        #expect(second.webhookFigures.waiting == 0)
        second.close()
        loop.run()
    }

    // MARK: Given up

    @Test func `what was given up can be tried again, or forgotten`() {
        self.backend.setRule { _ in .success(BackendAnswer(status: 410)) }
        for number in 0..<3 { _ = self.stage.connect("user\(number)") }
        self.stage.loop.run()
        let dead = Mutexed<[DeadWebhook]>([])
        self.stage.platform.deadWebhooks(after: 0, limit: 10) { result in
            dead.change { $0 = (try? result.get()) ?? [] }
        }
        #expect(dead.value.map(\.webhook.sequence) == [1, 2, 3])
        #expect(dead.value.allSatisfy { $0.tries == 1 && $0.reason.contains("410") })
        self.backend.setRule { _ in .success(BackendAnswer(status: 200)) }
        self.backend.forget()
        let counts = Mutexed<[Int]>([])
        @Sendable func note(_ result: Result<Int, RequestError>) {
            counts.change { $0.append((try? result.get()) ?? -1) }
        }
        self.stage.platform.settleDeadWebhooks([1], isRetry: false) { note($0) }
        self.stage.platform.settleDeadWebhooks(nil, isRetry: true) { note($0) }
        self.stage.loop.run()
        #expect(counts.value == [1, 2])
        #expect(self.told() == ["connected user1", "connected user2"])
        #expect(self.stage.engine.webhookCounts == WebhookCounts())
    }
}
