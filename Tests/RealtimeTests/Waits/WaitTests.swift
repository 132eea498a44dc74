// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

@Suite struct WaitTests {
    private static let week: Int64 = 7 * 86_400_000
    private let stage: Stage
    private let client: Stage.Client

    init() throws {
        self.stage = try Stage()
        self.stage.platform.start()
        self.client = self.stage.connect("ann", to: ["user:ann"])
    }

    private func rate(_ stage: Stage? = nil, by user: String, order: String = "1") {
        (stage ?? self.stage).say(
            "rating.submitted", #"{"orderId":"\#(order)","by":"\#(user)","buyer":"ann","vendor":"vic"}"#)
    }

    private func events(_ client: Stage.Client? = nil) -> [String] {
        (client ?? self.client).lines.map { String($0.split(separator: " ")[1]) }
    }

    private static let revealed = #"{"orderId":"1","buyer":"ann","vendor":"vic","revealed":true}"#

    @Test func `the second party's rating reveals both, once and after it (RNG-044)`() {
        self.rate(by: "ann")
        #expect(self.events() == ["rating.submitted"])
        self.rate(by: "vic")
        #expect(self.events() == ["rating.submitted", "rating.submitted", "rating.revealed"])
        #expect(self.client.data.last == Self.revealed)
        self.rate(by: "vic")
        self.stage.clock.advance(milliseconds: Self.week)
        self.stage.loop.advanceTime(by: .seconds(5))
        #expect(self.events().count { $0 == "rating.revealed" } == 1)
    }

    @Test func `the same party rating twice reveals nothing (RNG-044)`() {
        self.rate(by: "ann")
        self.rate(by: "ann")
        #expect(!self.events().contains("rating.revealed"))
    }

    @Test func `ratings of different orders do not count for each other (RNG-044)`() {
        self.rate(by: "ann", order: "1")
        self.rate(by: "vic", order: "2")
        #expect(!self.events().contains("rating.revealed"))
    }

    @Test func `seven days after the first rating it is revealed though the other never came (RNG-044)`() {
        self.rate(by: "ann")
        self.stage.clock.advance(milliseconds: Self.week - 2_000)
        self.stage.loop.advanceTime(by: .seconds(1))
        #expect(!self.events().contains("rating.revealed"))
        self.stage.clock.advance(milliseconds: 2_000)
        self.stage.loop.advanceTime(by: .seconds(1))
        #expect(self.events().last == "rating.revealed")
        #expect(self.client.data.last == Self.revealed)
        self.rate(by: "vic")
        self.stage.clock.advance(milliseconds: 10_000)
        self.stage.loop.advanceTime(by: .seconds(10))
        #expect(self.events().count { $0 == "rating.revealed" } == 1)
    }

    @Test func `a rating before a restart counts after it (RNG-044)`() throws {
        self.rate(by: "ann")
        let again = try Stage(engine: EngineDouble(try self.stage.engine.load()), clock: self.stage.clock)
        again.platform.start()
        let client = again.connect("ann", to: ["user:ann"])
        self.rate(again, by: "vic")
        #expect(self.events(client) == ["rating.submitted", "rating.revealed"])
    }

    @Test func `a time that ended while the server was down is made up for at the start (RNG-044)`() throws {
        self.rate(by: "ann")
        self.stage.clock.advance(milliseconds: Self.week + 3_600_000)
        let engine = EngineDouble(try self.stage.engine.load())
        let again = try Stage(engine: engine, clock: self.stage.clock)
        let client = again.connect("ann", to: ["user:ann"])
        again.platform.start()
        again.loop.run()
        #expect(self.events(client) == ["rating.revealed"])

        let third = try Stage(engine: EngineDouble(try engine.load()), clock: self.stage.clock)
        let late = third.connect("ann", to: ["user:ann"])
        third.platform.start()
        third.loop.advanceTime(by: .seconds(3))
        #expect(late.lines.isEmpty, "it was published before the restart")
    }

    @Test func `a wait that was complete when the server stopped is published at the start (RNG-044)`() throws {
        var kept = EngineState()
        let data = Array(#"{"orderId":"1","by":"vic","buyer":"ann","vendor":"vic"}"#.utf8)
        kept.waits = [
            .init(
                key: WaitKey(event: "rating.revealed", key: "1"), items: ["ann", "vic"], data: data,
                due: Timestamp(milliseconds: ManualClock.start.milliseconds + Self.week), hasEnded: false)
        ]
        let stage = try Stage(engine: EngineDouble(kept))
        let client = stage.connect("ann", to: ["user:ann"])
        stage.platform.start()
        stage.loop.run()
        #expect(client.data == [Self.revealed])
    }

    @Test func `where the backend publishes it itself the server does not (RNG-D12)`() {
        self.rate(by: "ann")
        self.stage.say("rating.revealed", #"{"orderId":"1","buyer":"ann","vendor":"vic"}"#)
        self.rate(by: "vic")
        self.stage.clock.advance(milliseconds: Self.week - 5_000)
        self.stage.loop.advanceTime(by: .seconds(2))
        #expect(self.events().count { $0 == "rating.revealed" } == 1)
    }

    @Test func `a wait that ended is forgotten in the end, and may begin again`() {
        self.rate(by: "ann")
        self.rate(by: "vic")
        self.stage.clock.advance(milliseconds: Self.week + 1_000)
        self.stage.loop.advanceTime(by: .seconds(1))
        self.rate(by: "ann")
        self.rate(by: "vic")
        #expect(self.events().count { $0 == "rating.revealed" } == 2)
    }

    @Test func `a store that is full only puts it off, and is told once (RNG-044)`() {
        self.rate(by: "ann")
        self.stage.engine.hold()
        self.rate(by: "vic")
        self.stage.engine.release(1)
        self.stage.engine.failNext()
        self.stage.engine.failNext()
        self.stage.engine.release(1)
        #expect(!self.events().contains("rating.revealed"))
        #expect(self.stage.reports.count == 1)
        for _ in 0..<3 {
            self.stage.clock.advance(milliseconds: 1_000)
            self.stage.loop.advanceTime(by: .seconds(1))
            self.stage.engine.release()
            self.stage.loop.run()
        }
        // The second attempt failed as well: a disk that stays full must not fill the log.
        #expect(self.stage.reports.count == 1)
        #expect(self.events().count { $0 == "rating.revealed" } == 1)
    }

    @Test func `an event that its own contract refuses is given up, not tried for ever`() throws {
        let stage = try Stage(.market { $0.waits[0].data = Template(payload: [("orderId", "orderId")]) })
        stage.platform.start()
        self.rate(stage, by: "ann")
        self.rate(stage, by: "vic")
        for _ in 0..<5 {
            stage.clock.advance(milliseconds: 1_000)
            stage.loop.advanceTime(by: .seconds(1))
        }
        #expect(stage.reports.count == 1)
        #expect(stage.reports.first?.contains(#"rating.revealed for "1""#) == true)
        let kept = try stage.engine.load().waits
        #expect(kept.map(\.hasEnded) == [true])
    }

    @Test func `the wait ends though the event it publishes does not say which it was`() throws {
        let stage = try Stage(
            .market {
                $0.waits[0].data = Template(payload: [("buyer", "buyer"), ("vendor", "vendor")])
                $0.waits[0].key = NameTemplate("{orderId}", isOptional: true)
            })
        self.rate(stage, by: "ann")
        self.rate(stage, by: "vic")
        #expect(try stage.engine.load().waits.map(\.hasEnded) == [true])
    }
}
