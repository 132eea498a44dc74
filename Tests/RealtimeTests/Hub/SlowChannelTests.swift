// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOEmbedded
import Realtime
import Testing

/// Channels whose frames may be left out for clients that read slowly.
@Suite struct SlowChannelTests {
    private static func stage(_ slow: ChannelRules.SlowPolicy, dialects: [any Dialect] = [LineDialect()]) throws
        -> Stage
    {
        let definition = PlatformDefinition.market { definition in
            for index in definition.channels.indices {
                if "\(definition.channels[index].pattern)" == "topic:{name}" { definition.channels[index].slow = slow }
            }
        }
        return try Stage(definition, dialects: dialects)
    }

    @Test func `a channel that closes slow clients sends as it always did`() throws {
        let stage = try Self.stage(.close)
        let client = stage.connect(to: ["topic:a"])
        stage.say("said", #"{"topic":"a"}"#)
        #expect(client.sends.count == 1)
        #expect(client.port.recording.queueings.isEmpty)
    }

    @Test func `the frames of a run are told one by one`() throws {
        let stage = try Self.stage(.dropOldest)
        let client = stage.connect(to: ["topic:a"])
        for text in ["1", "22", "333"] { stage.publish("said", #"{"topic":"a","n":"\#(text)"}"#) }
        stage.loop.run()
        let queueing = try #require(client.port.recording.queueings.first)
        #expect(client.port.recording.queueings.count == 1)
        #expect(queueing.frames.map(\.byteCount) == client.lines.map { $0.utf8.count + 1 })
        #expect(queueing.frames.allSatisfy { $0.key == nil })
        stage.say("said", #"{"topic":"a","n":4}"#)
        #expect(client.port.recording.queueings.last?.frames.count == 1)
    }

    @Test func `publications with one value of the field have one key, in every dialect and run`() throws {
        let stage = try Self.stage(
            .conflate(["where", "truck"]), dialects: [LineDialect(), LineDialect(name: "named", namesChannel: true)])
        let clients = [stage.connect(to: ["topic:a"]), stage.connect(dialect: 1, to: ["topic:a"])]
        for truck in ["1", "\"1\"", "1", "null", "{\"x\":1}"] {
            stage.publish("said", #"{"topic":"a","where":{"truck":\#(truck)}}"#)
        }
        stage.publish("said", #"{"topic":"a","where":{}}"#)
        stage.publish("said", #"{"topic":"a","where":7}"#)
        stage.loop.run()
        for client in clients {
            let frames = try #require(client.port.recording.queueings.first).frames
            #expect(frames.map(\.byteCount) == client.lines.map { $0.utf8.count + 1 })
            let keys = frames.map(\.key)
            #expect(keys[0] != nil && keys[0] == keys[2])
            #expect(Set(keys.prefix(5)).count == 4)
            #expect(keys.suffix(2) == [nil, nil], "a publication without the field replaces no other")
        }
    }

    @Test func `a publication to several channels has each channel's number and key`() throws {
        let stage = try Self.stage(.conflate(["n"]))
        let (a, b) = (stage.connect(to: ["topic:a"]), stage.connect(to: ["topic:b"]))
        stage.say("shouted", #"{"a":"a","b":"b","n":1}"#)
        stage.say("said", #"{"topic":"a","n":1}"#)
        let (first, second) = (a.port.recording.queueings, b.port.recording.queueings)
        #expect(first.count == 2 && second.count == 1)
        #expect(first[0].channel == first[1].channel && first[0].channel != second[0].channel)
        #expect(first[0].frames[0].key == first[1].frames[0].key)
        #expect(first[0].frames[0].key == second[0].frames[0].key)
    }
}
