// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import NIOEmbedded
import Realtime
import Testing

@Suite struct FanOutTests {
    private let stage: Stage

    init() throws { self.stage = try Stage() }

    private func said(_ number: Int, in topic: String = "a") -> String { #"{"topic":"\#(topic)","n":\#(number)}"# }

    @Test func `what is published in one turn of the loop leaves in one send`() {
        let client = self.stage.connect(to: ["topic:a"])
        for number in 0..<5 { self.stage.publish("said", self.said(number)) }
        #expect(client.sends.isEmpty)
        self.stage.loop.run()
        #expect(client.sends.count == 1)
        #expect(client.data == (0..<5).map { self.said($0) })
        self.stage.say("said", self.said(5))
        #expect(client.sends.count == 2)
    }

    @Test func `a long run is sent in pieces`() {
        let client = self.stage.connect(to: ["topic:a"])
        let padding = String(repeating: "x", count: 10_000)
        for number in 0..<10 { self.stage.publish("said", #"{"topic":"a","n":\#(number),"p":"\#(padding)"}"#) }
        self.stage.loop.run()
        #expect(client.data.count == 10)
        #expect(client.sends.count == 3)
        #expect(client.sends.allSatisfy { $0.utf8.count < 50_000 })
    }

    @Test func `a publication as long as a whole run leaves at once`() {
        let client = self.stage.connect(to: ["topic:a"])
        let padding = String(repeating: "x", count: 40_000)
        for number in 0..<3 { self.stage.publish("said", #"{"topic":"a","n":\#(number),"p":"\#(padding)"}"#) }
        #expect(client.sends.count == 3)
        self.stage.loop.run()
        #expect(client.sends.count == 3)
    }

    @Test func `publications to one and to several channels keep their order`() {
        let both = self.stage.connect(to: ["topic:a", "topic:b"])
        let one = self.stage.connect(to: ["topic:a"])
        var expected: [String] = []
        for number in 0..<30 {
            let data = #"{"topic":"a","a":"a","b":"b","n":\#(number)}"#
            expected.append(data)
            self.stage.publish(number % 3 == 1 ? "shouted" : "said", data)
            if number % 7 == 6 { self.stage.loop.run() }
        }
        self.stage.loop.run()
        #expect(both.data == expected)
        #expect(one.data == expected)
    }

    @Test func `a connection gets one copy of a publication that reaches it by several channels (RNG-D05, RNG-030)`() {
        let both = self.stage.connect(to: ["topic:a", "topic:b"])
        let (a, b) = (self.stage.connect(to: ["topic:a"]), self.stage.connect(to: ["topic:b"]))
        let outcome = self.stage.say("shouted", #"{"a":"a","b":"b"}"#)
        #expect([both, a, b].map(\.data.count) == [1, 1, 1])
        #expect(outcome.receipt?.receivers == 3)
        #expect(self.stage.say("shouted", #"{"a":"b","b":"a"}"#).receipt?.receivers == 3)
        #expect([both, a, b].map(\.data.count) == [2, 2, 2])
    }

    @Test func `a publication that names one channel twice goes there once`() {
        let client = self.stage.connect(to: ["topic:a"])
        #expect(self.stage.say("shouted", #"{"a":"a","b":"a"}"#).receipt?.receivers == 1)
        #expect(client.data.count == 1)
    }

    @Test func `who joins in the middle of a turn hears what comes after, not what came before`() {
        let first = self.stage.connect(to: ["topic:a"])
        self.stage.publish("said", self.said(1))
        let second = self.stage.connect(to: ["topic:a"])
        self.stage.publish("said", self.said(2))
        self.stage.loop.run()
        #expect(first.data == [self.said(1), self.said(2)])
        #expect(second.data == [self.said(2)])
    }

    @Test func `who leaves in the middle of a turn has heard what came before`() {
        let clients = (0..<3).map { _ in self.stage.connect(to: ["topic:a"]) }
        self.stage.publish("said", self.said(1))
        _ = clients[0].session.unsubscribe(from: "topic:a")
        self.stage.publish("said", self.said(2))
        clients[2].session.close()
        self.stage.loop.run()
        #expect(clients[0].data == [self.said(1)])
        #expect(clients[1].data == [self.said(1), self.said(2)])
        #expect(clients[2].data == [self.said(1), self.said(2)])
    }

    @Test func `leaving in any order loses nobody else's place`() {
        var clients = (0..<12).map { _ in self.stage.connect(to: ["topic:a", "topic:b", "topic:c"]) }
        for (turn, index) in [11, 0, 4, 4, 7, 0].enumerated() {
            _ = clients.remove(at: index).session.unsubscribe(from: "topic:b")
            let outcome = self.stage.say("said", self.said(turn, in: "b"))
            #expect(outcome.receipt?.receivers == clients.count)
        }
        #expect(clients.allSatisfy { $0.data.count == 6 })
    }

    @Test func `receivers are counted, and nobody is nobody`() {
        #expect(self.stage.say("said", self.said(1)).receipt?.receivers == 0)
        _ = (0..<4).map { _ in self.stage.connect(to: ["topic:a"]) }
        #expect(self.stage.say("said", self.said(2)).receipt?.receivers == 4)
        #expect(self.stage.say("said", self.said(3, in: "b")).receipt?.receivers == 0)
        #expect(self.stage.hub.statistics.deliveries == 4)
        #expect(self.stage.platform.counters.publications == 3)
    }

    @Test func `the time and id of the receipt are those in the bytes`() {
        let client = self.stage.connect(to: ["topic:a"])
        let receipt = self.stage.say("said", self.said(1)).receipt
        #expect(receipt?.time == ManualClock.start)
        #expect(client.lines == ["event said at \(ManualClock.start) as \(receipt?.id ?? "") \(self.said(1))"])
    }

    @Test func `time does not go back though the clock does`() {
        let client = self.stage.connect(to: ["topic:a"])
        let first = self.stage.say("said", self.said(1)).receipt
        self.stage.clock.set(Timestamp(milliseconds: 0))
        let second = self.stage.say("said", self.said(2)).receipt
        #expect(second?.time == first?.time)
        #expect((second?.id ?? "") > (first?.id ?? "~"))
        #expect(client.lines.count == 2)
    }

    @Test func `each dialect gets its own bytes, also in a run`() throws {
        let stage = try Stage(dialects: [LineDialect(), LineDialect(name: "named", namesChannel: true)])
        let (plain, named) = (
            stage.connect(to: ["topic:a", "topic:b"]), stage.connect(dialect: 1, to: ["topic:b", "topic:a"])
        )
        stage.publish("said", self.said(1))
        stage.publish("said", self.said(2))
        stage.loop.run()
        stage.say("shouted", #"{"a":"a","b":"b"}"#)
        #expect(plain.sends.count == 2)
        #expect(plain.lines.allSatisfy { !$0.contains(" on ") })
        #expect(named.lines.count == 3)
        #expect(
            named.lines.allSatisfy { $0.contains(" on topic:a ") }, "of several channels the first of the publication")
        let onlyB = stage.connect(dialect: 1, to: ["topic:b"])
        stage.say("shouted", #"{"a":"a","b":"b"}"#)
        #expect(onlyB.lines.first?.contains(" on topic:b ") == true)
    }

    @Test func `a receipt that publishes again does not overtake what was published before`() {
        let client = self.stage.connect(to: ["topic:a"])
        let answers = [self.said(11), self.said(12)].map { JSONDocument.of($0) }
        let platform = self.stage.platform
        platform.publish([PublishRequest(event: "said", data: JSONDocument.of(self.said(1)).root)]) { _ in
            for answer in answers { platform.publish([PublishRequest(event: "said", data: answer.root)]) { _ in } }
        }
        self.stage.publish("said", self.said(2))
        self.stage.loop.run()
        #expect(client.data == [self.said(1), self.said(11), self.said(12), self.said(2)])
    }

    @Test func `a thousand receipts that each publish the next need no stack`() {
        let client = self.stage.connect(to: ["topic:a"])
        let platform = self.stage.platform
        @Sendable func next(_ number: Int) {
            guard number < 10_000 else { return }
            platform.publish([PublishRequest(event: "said", data: JSONDocument.of(#"{"topic":"a"}"#).root)]) { _ in
                next(number + 1)
            }
        }
        next(0)
        self.stage.loop.run()
        #expect(client.data.count == 10_000)
    }

    // A port must not do this; the hub stands it.
    @Test func `connections that end while they are sent to disturb nobody`() {
        let clients = (0..<6).map { _ in self.stage.connect(to: ["topic:a", "topic:b"]) }
        clients[1].port.afterSend = { clients[1].session.close() }
        clients[2].port.afterSend = { clients[4].session.close() }
        clients[5].port.afterSend = { clients[0].session.close() }
        self.stage.publish("said", self.said(1))
        _ = clients[3].session.unsubscribe(from: "topic:a")
        self.stage.say("said", self.said(2))
        self.stage.say("shouted", #"{"a":"a","b":"b"}"#)
        #expect(clients[2].data.count == 3)
        #expect(clients[5].data.count == 3)
        #expect(clients[3].data.count == 2)
        #expect(self.stage.hub.statistics.connections == 3)
        #expect(self.stage.say("said", self.said(3)).receipt?.receivers == 2)
        for client in clients { client.port.afterSend = nil }
    }

    @Test func `the last subscriber may end while the next one joins`() {
        let first = self.stage.connect(to: ["topic:a"])
        first.port.afterSend = { first.session.close() }
        self.stage.publish("said", self.said(1))
        let second = self.stage.connect(to: ["topic:a"])
        #expect(self.stage.say("said", self.said(2)).receipt?.receivers == 1)
        #expect(second.data == [self.said(2)])
        first.port.afterSend = nil
    }
}
