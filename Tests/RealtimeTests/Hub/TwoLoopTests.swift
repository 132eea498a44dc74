// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

@Suite struct TwoLoopTests {
    private let pair: LoopPair

    init() throws { self.pair = try LoopPair() }

    @Test func `a publication reaches the subscribers of both loops, who are counted together`() async throws {
        let here = try await self.pair.connect(on: 0, to: ["topic:a"])
        let there = try await self.pair.connect(on: 1, to: ["topic:a", "topic:b"])
        let outcome = self.pair.publish("said", #"{"topic":"a"}"#)
        let several = self.pair.publish("shouted", #"{"a":"a","b":"b"}"#)
        await self.pair.run()
        #expect(outcome.receipt?.receivers == 2)
        #expect(several.receipt?.receivers == 2)
        #expect(here.lines == there.lines)
        #expect(here.data.count == 2)
        await self.pair.close()
    }

    @Test func `a loop on which nobody listens is left alone`() async throws {
        let here = try await self.pair.connect(on: 0, to: ["topic:a"])
        let outcome = self.pair.publish("said", #"{"topic":"a"}"#)
        await self.pair.loops[0].run()
        #expect(outcome.receipt?.receivers == 1)
        #expect(here.data.count == 1)
        await self.pair.close()
    }

    @Test func `all loops and all connections see one order, whoever publishes from wherever`() async throws {
        var recordings: [Recording] = []
        for index in 0..<6 {
            recordings.append(try await self.pair.connect(on: index % 2, to: ["topic:a", "topic:b"]))
        }
        let pair = self.pair
        await withTaskGroup(of: Void.self) { group in
            for publisher in 0..<6 {
                group.addTask {
                    for number in 0..<150 {
                        let event = number % 3 == 0 ? "shouted" : "said"
                        let data = #"{"topic":"a","a":"a","b":"b","p":\#(publisher),"n":\#(number)}"#
                        guard publisher < 2 else {
                            _ = pair.publish(event, data)
                            continue
                        }
                        try? await pair.loops[publisher].executeInContext { _ = pair.publish(event, data) }
                    }
                }
            }
        }
        await self.pair.run()
        #expect(recordings[0].data.count == 900)
        for recording in recordings { #expect(recording.lines == recordings[0].lines) }
        for publisher in 0..<6 {
            let own = recordings[0].data.filter { $0.contains(#""p":\#(publisher),"#) }
            #expect(own.map { JSONDocument.of($0).root["n"]?.int } == Array(0..<150))
        }
        let ids = recordings[0].lines.map { $0.split(separator: " ")[5] }
        #expect(ids == ids.sorted(), "the order is the order of the ids")
        await self.pair.close()
    }

    @Test func `a receipt that publishes again is behind what waited before, on both loops`() async throws {
        let here = try await self.pair.connect(on: 0, to: ["topic:a"])
        let there = try await self.pair.connect(on: 1, to: ["topic:a", "topic:c"])
        let pair = self.pair
        try await pair.loops[0].executeInContext {
            // Only loop 1 hears "c", so that its receipt comes there, with "second" in the mailbox behind it.
            pair.platform.publish([PublishRequest(event: "said", data: JSONDocument.of(#"{"topic":"c"}"#).root)]) { _ in
                _ = pair.publish("said", #"{"topic":"a","n":3}"#)
            }
            _ = pair.publish("said", #"{"topic":"a","n":1}"#)
            _ = pair.publish("said", #"{"topic":"a","n":2}"#)
        }
        await self.pair.run()
        #expect(there.data.count == 4)
        #expect(there.data.filter { $0.contains("n") } == here.data)
        await self.pair.close()
    }

    @Test func `patches from two loops are all kept, and heard in the order in which they were kept`() async throws {
        _ = self.pair.publish("room.opened", #"{"roomId":"1","title":"t"}"#)
        let recording = try await self.pair.connect(on: 1, to: ["room:1"])
        let pair = self.pair
        await withTaskGroup(of: Void.self) { group in
            for publisher in 0..<4 {
                group.addTask {
                    for number in 0..<50 {
                        let data = #"{"roomId":"1","patch":{"k\#(publisher)-\#(number)":1}}"#
                        try? await pair.loops[publisher % 2].executeInContext { _ = pair.publish("room.changed", data) }
                    }
                }
            }
        }
        await self.pair.run()
        let record = try JSONDocument(parsing: try #require(self.pair.platform.records[ChannelName(known: "room:1")]))
        #expect(record.root.count == 202)
        #expect(recording.data.count == 200)
        let kept = self.pair.engine.committed.compactMap { commit -> Int? in
            guard case .setRecord(_, let record?)? = commit.changes.last else { return nil }
            return (try? JSONDocument(parsing: record))?.root.count
        }
        #expect(kept == [2] + Array(3...202), "each patch was laid over the one before")
        await self.pair.close()
    }

    @Test func `a lost right ends on every loop before the publication that took it is heard there (RNG-D11)`()
        async throws
    {
        _ = self.pair.publish("order.created", #"{"orderId":"1","buyer":"alice","vendor":"bob"}"#)
        let alice = [
            try await self.pair.connect("alice", on: 0, to: ["order:1"]),
            try await self.pair.connect("alice", on: 1, to: ["order:1"]),
        ]
        let bob = try await self.pair.connect("bob", on: 1, to: ["order:1"])
        let pair = self.pair
        try await pair.loops[0].executeInContext {
            _ = pair.publish("order.updated", #"{"orderId":"1"}"#)
            _ = pair.publish("order.left", #"{"orderId":"1","who":"alice"}"#)
            _ = pair.publish("order.updated", #"{"orderId":"1"}"#)
        }
        await self.pair.run()
        for recording in alice {
            #expect(recording.data.count == 1)
            #expect(recording.lines.last == "ended order:1")
        }
        #expect(bob.data.count == 3)
        await self.pair.close()
    }

    @Test func `the engine may answer on a thread of its own`() async throws {
        self.pair.engine.hold()
        let recordings = [
            try await self.pair.connect(on: 0, to: ["feed:1"]), try await self.pair.connect(on: 1, to: ["feed:1"]),
        ]
        let outcomes = (0..<20).map { self.pair.publish("feed.posted", #"{"feedId":"1","n":\#($0)}"#) }
        await Task.detached { [engine = self.pair.engine] in engine.release() }.value
        await self.pair.run()
        #expect(recordings[0].data == (0..<20).map { #"{"feedId":"1","n":\#($0)}"# })
        #expect(recordings[0].lines == recordings[1].lines)
        #expect(outcomes.allSatisfy { $0.receipt?.receivers == 2 && $0.answerCount == 1 })
        await self.pair.close()
    }

    @Test func `connections that come and go while others publish leave nothing behind`() async throws {
        let pair = self.pair
        try await withThrowingTaskGroup(of: Void.self) { group in
            for loop in 0..<2 {
                group.addTask {
                    for round in 0..<60 {
                        _ = try await pair.connect("u\(round % 3)", on: loop, to: ["topic:a", "topic:b"])
                        try await pair.loops[loop].executeInContext {
                            guard round % 2 == 1, let hub = pair.platform.hub(on: pair.loops[loop]) else { return }
                            for session in Array(hub.allSessions) { session.close() }
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<200 { _ = pair.publish("shouted", #"{"a":"a","b":"b"}"#) }
                }
            }
            try await group.waitForAll()
        }
        await pair.run()
        #expect(pair.platform.subscriberCounts.isEmpty)
        let statistics = try await pair.platform.statistics(gatheredOn: pair.loops[0]).get()
        #expect(statistics.connections == 0)
        #expect(statistics.subscriptions == 0)
        #expect(statistics.connectionsOpened == 120)
        await pair.close()
    }

    @Test func `everybody of one user is found on both loops`() async throws {
        let recordings = [
            try await self.pair.connect("alice", on: 0, to: []), try await self.pair.connect("alice", on: 1, to: []),
            try await self.pair.connect("bob", on: 1, to: []),
        ]
        let count = try await self.pair.platform.disconnect(user: UserID("alice"), gatheredOn: self.pair.loops[0]).get()
        #expect(count == 2)
        #expect(recordings.map(\.closes.count) == [1, 1, 0])
        let found = try await self.pair.platform.disconnect(connection: 3, gatheredOn: self.pair.loops[0]).get()
        #expect(found)
        await self.pair.close()
    }
}
