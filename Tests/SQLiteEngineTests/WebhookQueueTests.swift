// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime
import SQLiteEngine
import Testing

/// What waits for the platform's backend. Each case holds for every engine.
@Suite struct WebhookQueueTests {
    private let folder: EngineFolder

    init() throws { self.folder = try EngineFolder() }

    private static func webhook(_ sequence: Int64, _ line: String, at time: Int64 = 1000) -> StoredWebhook {
        StoredWebhook(
            sequence: sequence, id: "wh_\(sequence)", line: line, createdAt: Timestamp(milliseconds: time),
            body: Array("{\"sequence\":\(sequence)}".utf8))
    }

    private func page(_ engine: any Engine, at now: Int64 = 10_000, limit: Int = 100) async throws -> WebhookPage {
        try await withCheckedContinuation { continuation in
            engine.dueWebhooks(at: Timestamp(milliseconds: now), limit: limit) { continuation.resume(returning: $0) }
        }.get()
    }

    private func dead(_ engine: any Engine, after sequence: Int64 = 0, limit: Int = 100) async throws -> [DeadWebhook] {
        try await withCheckedContinuation { continuation in
            engine.deadWebhooks(after: sequence, limit: limit) { continuation.resume(returning: $0) }
        }.get()
    }

    private func counts(_ engine: any Engine) async throws -> WebhookCounts {
        try await withCheckedContinuation { continuation in
            engine.webhookCounts { continuation.resume(returning: $0) }
        }.get()
    }

    private static func settle(_ place: Int64, _ outcome: WebhookOutcome, at time: Int64 = 2000) -> StateChange {
        .settleWebhook(place: place, outcome, time: Timestamp(milliseconds: time))
    }

    @Test(arguments: EngineKind.allCases)
    func `only the first of a line is due, and the next one when it has gone`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        try await engine.keep(
            .addWebhooks([Self.webhook(1, "a"), Self.webhook(2, "b"), Self.webhook(3, "a"), Self.webhook(4, "a")]))
        var page = try await self.page(engine)
        #expect(page.due.map(\.id) == ["wh_1", "wh_2"])
        #expect(page.oldest == Timestamp(milliseconds: 1000) && page.next == nil)
        #expect(page.due.first?.body == Self.webhook(1, "a").body)
        try await engine.keep(Self.settle(page.due[0].place, .accepted))
        page = try await self.page(engine)
        #expect(page.due.map(\.id) == ["wh_2", "wh_3"])
        // What does not wait any more changes nothing.
        try await engine.keep(Self.settle(999, .accepted), Self.settle(999, .retry(at: Timestamp(milliseconds: 5))))
        #expect(try await self.counts(engine) == WebhookCounts(waiting: 3, dead: 0))
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `one that failed is due at its time, and its line waits for it`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        try await engine.keep(.addWebhooks([Self.webhook(1, "a"), Self.webhook(2, "a")]))
        let place = try await self.page(engine).due[0].place
        try await engine.keep(Self.settle(place, .retry(at: Timestamp(milliseconds: 20_000))))
        var page = try await self.page(engine, at: 19_999)
        #expect(page.due.isEmpty && page.next == Timestamp(milliseconds: 20_000))
        page = try await self.page(engine, at: 20_000)
        #expect(page.due.map(\.id) == ["wh_1"] && page.due.first?.tries == 1 && page.next == nil)
        engine.close()
    }

    @Test(arguments: EngineKind.allCases)
    func `those given up are kept apart, and can wait again behind their line`(kind: EngineKind) async throws {
        let engine = try kind.open(in: self.folder)
        try await engine.keep(.addWebhooks((1...4).map { Self.webhook($0, "a") }))
        let until = Timestamp(milliseconds: .max)
        for _ in 0..<2 {
            let place = try await self.page(engine).due[0].place
            try await engine.keep(Self.settle(place, .dead(reason: "gone", until: until), at: 3000))
        }
        #expect(try await self.counts(engine) == WebhookCounts(waiting: 2, dead: 2))
        let dead = try await self.dead(engine)
        #expect(dead.map(\.webhook.id) == ["wh_1", "wh_2"])
        #expect(dead.first?.reason == "gone" && dead.first?.tries == 1)
        #expect(dead.first?.diedAt == Timestamp(milliseconds: 3000))
        #expect(try await self.dead(engine, after: 1, limit: 1).map(\.webhook.sequence) == [2])
        try await engine.keep(
            .retryDeadWebhooks([1, 77], time: Timestamp(milliseconds: 4000)), .removeDeadWebhooks([2]))
        #expect(try await self.counts(engine) == WebhookCounts(waiting: 3, dead: 0))
        var order: [String] = []
        for _ in 0..<3 {
            let first = try await self.page(engine).due[0]
            order.append(first.id)
            try await engine.keep(Self.settle(first.place, .accepted))
        }
        #expect(order == ["wh_3", "wh_4", "wh_1"])
        engine.close()
    }

    @Test func `what waits and what was counted survive a restart`() async throws {
        var engine = try self.folder.open()
        try await engine.keep(.addWebhooks([Self.webhook(1, "a"), Self.webhook(2, "b")]))
        let first = try await self.page(engine).due[0]
        try await engine.keep(Self.settle(first.place, .retry(at: Timestamp(milliseconds: 5000))))
        try await engine.keep(Self.settle(try await self.page(engine).due[0].place, .accepted))
        engine.close()
        engine = try self.folder.open()
        let state = try engine.load()
        #expect(state.webhookSequence == 2 && state.webhookCounts == WebhookCounts(waiting: 1, dead: 0))
        #expect(try await self.page(engine).due.map(\.tries) == [1])
        engine.close()
    }

    @Test func `what was given up long ago is forgotten`() async throws {
        let engine = try self.folder.open()
        try await engine.keep(.addWebhooks([Self.webhook(1, "a")]))
        let until = Timestamp(milliseconds: self.folder.clock.now().milliseconds + 1000)
        try await engine.keep(Self.settle(try await self.page(engine).due[0].place, .dead(reason: "x", until: until)))
        #expect(try await self.counts(engine).dead == 1)
        self.folder.clock.advance(milliseconds: 2000)
        try await engine.keep(.addWebhooks([Self.webhook(2, "a")]))
        #expect(try await self.counts(engine).dead == 0)
        engine.close()
    }

    @Test func `what is due is found by an index, however much waits behind it`() throws {
        let engine = try self.folder.open()
        let plans = try [
            "SELECT place, id, created_at, body, tries FROM webhooks WHERE due <= 5 ORDER BY due, place LIMIT 10",
            "SELECT due FROM webhooks WHERE due > 5 ORDER BY due LIMIT 1",
            "SELECT place FROM webhooks WHERE line = 'a' ORDER BY place LIMIT 1",
        ].map(engine.plan)
        #expect(plans.allSatisfy { $0.contains("INDEX webhooks_") && !$0.contains("TEMP B-TREE") })
        engine.close()
    }
}
