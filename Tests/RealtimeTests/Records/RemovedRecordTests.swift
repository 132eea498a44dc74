// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Testing

@testable import Realtime

/// What becomes of a channel that exists by its record when the record goes.
struct RemovedRecordTests {
    private let stage: Stage

    init() throws {
        self.stage = try Stage()
        for room in ["1", "2"] { self.stage.say("room.opened", #"{"roomId":"\#(room)","title":"t"}"#) }
    }

    @Test func `ROOM-D08 subscribers get the event, then nothing more and no word about it`() {
        let ann = self.stage.connect("ann", to: ["room:1", "room:2"])
        self.stage.say("room.closed", #"{"roomId":"1"}"#)
        #expect(ann.data == [#"{"roomId":"1"}"#])
        #expect(ann.lines.count == 1)
        #expect(ann.session.channelNames == [ChannelName(known: "room:2")])
        self.stage.say("room.changed", #"{"roomId":"1","patch":{}}"#)
        #expect(ann.data.count == 1)
    }

    @Test func `ROOM-D08 nobody may subscribe any more, and the reason is that there is no such room`() {
        self.stage.say("room.closed", #"{"roomId":"1"}"#)
        let ann = self.stage.connect("ann")
        #expect(ann.session.subscribe(to: "room:1").failure?.code == .notFound)
    }

    @Test func `a record that the operator removes ends the subscriptions as well`() {
        let ann = self.stage.connect("ann", to: ["room:1"])
        self.stage.change(.setRecord(channel: ChannelName(known: "room:1"), record: nil))
        #expect(ann.session.channelNames.isEmpty)
        #expect(ann.lines.isEmpty)
    }

    @Test func `a batch that removes a record and makes it anew leaves the subscriptions`() {
        let ann = self.stage.connect("ann", to: ["room:1"])
        let closed = PublishRequest(event: "room.closed", data: JSONDocument.of(#"{"roomId":"1"}"#).root)
        let opened = PublishRequest(event: "room.opened", data: JSONDocument.of(#"{"roomId":"1","title":"u"}"#).root)
        self.stage.publish([closed, opened])
        self.stage.loop.run()
        #expect(ann.session.channelNames == [ChannelName(known: "room:1")])
    }

    @Test func `ROOM-018 what is not there is not found, whoever asks; what is there may be forbidden`() throws {
        let stage = try Stage(
            .market { definition in
                definition.channels.append(ChannelRules("hall:{roomId}", .member, byRecord: true))
            })
        stage.change(.setRecord(channel: ChannelName(known: "hall:1"), record: Array("{}".utf8)))
        let ann = stage.connect("ann")
        #expect(ann.session.subscribe(to: "hall:1").failure?.code == .forbidden)
        #expect(ann.session.subscribe(to: "hall:2").failure?.code == .notFound)
    }
}
