// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOEmbedded
import Testing

@testable import Realtime

/// Records that are written without a publication.
struct RecordRefreshTests {
    private let stage: Stage
    private let room = ChannelName(known: "room:1")

    init() throws {
        self.stage = try Stage()
        self.stage.say("room.opened", #"{"roomId":"1","title":"t"}"#)
    }

    private var title: String? {
        self.stage.platform.records[self.room].flatMap { try? JSONDocument(parsing: $0).root["title"]?.string }
    }

    private func refresh(_ title: String) throws -> RecordRefresh {
        let data = JSONDocument.of(#"{"roomId":"1","patch":{"title":"\#(title)"}}"#).root
        return try self.stage.platform.recordRefresh(of: PublishRequest(event: "room.changed", data: data))
    }

    private func keep(_ refreshes: RecordRefresh...) {
        self.stage.platform.keep(refreshes) { _ in }
        self.stage.loop.run()
    }

    @Test func `ORI-D04 a refresh writes the record and nobody hears of it`() throws {
        let ann = self.stage.connect("ann", to: ["room:1"])
        let refresh = try self.refresh("fresher")
        #expect(refresh.current == self.stage.platform.records[self.room])
        self.keep(refresh)
        #expect(self.title == "fresher")
        #expect(ann.lines.isEmpty)
    }

    @Test func `ORI-D04 what somebody else has written meanwhile stays`() throws {
        let refresh = try self.refresh("late")
        self.stage.say("room.changed", #"{"roomId":"1","patch":{"title":"newer"}}"#)
        self.keep(refresh)
        #expect(self.title == "newer")
    }

    @Test func `ORI-D04 of two refreshes of one record in a commit the first holds`() throws {
        self.keep(try self.refresh("first"), try self.refresh("second"))
        #expect(self.title == "first")
    }

    @Test func `what the contract would refuse is no refresh`() {
        let request = PublishRequest(event: "room.painted", data: JSONDocument.of("{}").root)
        #expect(throws: RequestError.self) { try self.stage.platform.recordRefresh(of: request) }
    }
}
