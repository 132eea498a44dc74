// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Testing

@testable import Realtime

/// A client that names the last position it had gets exactly what it missed, once, in order, or is told that it is not everything.
struct RecoveryTests {
    private static func definition(durable: Bool, count: Int = 1000) -> PlatformDefinition {
        .market { definition in
            for index in definition.channels.indices {
                let name = definition.channels[index].pattern.description
                guard name == "feed:{feedId}" || name == "topic:{name}" else { continue }
                definition.channels[index].history = .init(count: count, age: 3_600_000, isDurable: durable)
                definition.channels[index].isRecoverable = true
            }
        }
    }

    /// The ids of what a client was told, and the data.
    private func told(_ client: Stage.Client) -> [(id: String, data: String)] {
        client.lines.filter { $0.hasPrefix("event ") }.map { line in
            let words = line.split(separator: " ").map(String.init)
            return (words[5], words[6])
        }
    }

    private func recover(
        _ client: Stage.Client,
        of stage: Stage,
        _ channel: String,
        since position: String
    ) throws -> Session.Recovery? {
        var outcome: Result<(PlatformDefinition.Match, Session.Recovery?), RequestError>?
        client.session.subscribe(to: channel, since: position) { outcome = $0 }
        // A history that is not in memory is there on a later turn.
        if outcome == nil { stage.loop.run() }
        return try #require(outcome, "not answered").get().1
    }

    @Test(arguments: [false, true])
    func `PAY-075 whoever comes back at any moment misses nothing and gets nothing twice`(durable: Bool) throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            let stage = try Stage(Self.definition(durable: durable))
            var received: [String] = []
            var last = ""
            var client: Stage.Client? = stage.connect("ann", to: ["feed:1"])
            var count = 0
            for _ in 0..<60 {
                switch Int.random(in: 0..<4, using: &generator) {
                case 0:
                    if let here = client {
                        stage.loop.run()
                        let told = self.told(here)
                        received += told.map(\.data)
                        last = told.last?.id ?? last
                        here.session.close()
                        client = nil
                    } else if !last.isEmpty {
                        let back = stage.connect("ann")
                        // Published, and not delivered yet: must come once, with the history or after it.
                        let recovery = try #require(try self.recover(back, of: stage, "feed:1", since: last))
                        #expect(recovery.isComplete)
                        received += recovery.publications.map { String(decoding: $0.data, as: UTF8.self) }
                        last = recovery.publications.last?.position ?? last
                        client = back
                    } else {
                        stage.loop.run()
                        client = stage.connect("ann", to: ["feed:1"])
                        // What was published before the first visit is not asked for.
                        received = (0..<count).map { #"{"feedId":"1","n":\#($0)}"# }
                    }
                case 1:
                    stage.publish("feed.posted", #"{"feedId":"1","n":\#(count)}"#)
                    count += 1
                case 2:
                    stage.publish("feed.posted", #"{"feedId":"other","n":\#(count)}"#)
                default:
                    stage.say("feed.posted", #"{"feedId":"1","n":\#(count)}"#)
                    count += 1
                }
                stage.clock.advance(milliseconds: Int64.random(in: 0...2, using: &generator))
            }
            if client == nil, !last.isEmpty {
                let back = stage.connect("ann")
                let recovery = try #require(try self.recover(back, of: stage, "feed:1", since: last))
                received += recovery.publications.map { String(decoding: $0.data, as: UTF8.self) }
                client = back
            }
            stage.loop.run()
            if let client, !last.isEmpty || !self.told(client).isEmpty {
                received += self.told(client).map(\.data)
                #expect(received == (0..<count).map { #"{"feedId":"1","n":\#($0)}"# })
            }
        }
    }

    @Test func `whoever missed more than is kept is told, and gets what there is`() throws {
        let stage = try Stage(Self.definition(durable: false, count: 3))
        let client = stage.connect("ann", to: ["feed:1"])
        stage.say("feed.posted", #"{"feedId":"1","n":0}"#)
        let last = try #require(self.told(client).last?.id)
        client.session.close()
        for number in 1...5 { stage.say("feed.posted", #"{"feedId":"1","n":\#(number)}"#) }
        let recovery = try #require(try self.recover(stage.connect("ann"), of: stage, "feed:1", since: last))
        #expect(!recovery.isComplete)
        #expect(
            recovery.publications.map { String(decoding: $0.data, as: UTF8.self) }
                == (3...5).map { #"{"feedId":"1","n":\#($0)}"# })
    }

    @Test(arguments: ["", "x", "ZZZZZZZZZZZZZZZZ", "0000000000000000", "' OR 1=1 --000000"])
    func `a position that no server gave is answered as incomplete and harms nothing`(position: String) throws {
        let stage = try Stage(Self.definition(durable: false))
        stage.say("feed.posted", #"{"feedId":"1","n":0}"#)
        let client = stage.connect("ann")
        let recovery = try #require(try self.recover(client, of: stage, "feed:1", since: position))
        #expect(!recovery.isComplete)
        stage.say("feed.posted", #"{"feedId":"1","n":1}"#)
        #expect(client.data == [#"{"feedId":"1","n":1}"#])
    }

    @Test func `a channel that is not recoverable is joined as ever, and rights are asked as ever`() throws {
        let stage = try Stage()
        #expect(try self.recover(stage.connect("ann"), of: stage, "feed:1", since: "0000000000000000") == nil)
        #expect(throws: RequestError.self) {
            _ = try self.recover(stage.connect("ann"), of: stage, "order:1", since: "0000000000000000")
        }
    }

    @Test func `the store is asked once for a history that is not in memory, and nothing is received meanwhile`() throws
    {
        let stage = try Stage(Self.definition(durable: true))
        for number in 0..<3 { stage.say("feed.posted", #"{"feedId":"1","n":\#(number)}"#) }
        let position = try #require(stage.engine.stored.first?.position)
        let client = stage.connect("ann")
        let recovery = try #require(try self.recover(client, of: stage, "feed:1", since: position))
        #expect(recovery.publications.count == 2 && recovery.isComplete)
        #expect(client.port.recording.receiving == [false, true])
        _ = try self.recover(stage.connect("ben"), of: stage, "feed:1", since: position)
        #expect(stage.engine.newestHistoryCount == 1)
    }
}
