// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Realtime

/// Where apps last published what they may be asked about.
struct PublishedTableTests {
    private let table = PublishedTable()

    private func note(_ data: String, of app: String = "quiz", in channel: String) throws {
        let document = try JSONDocument(parsing: data)
        let name = try #require(ChannelName(channel))
        self.table.note(document.root, fields: ["q", "n"], of: app, in: name)
    }

    private func find(_ field: String, _ value: String, of app: String = "quiz") -> String? {
        self.table.channel(field, value, of: app)?.rawValue
    }

    @Test func `a value leads to the channel where it was published last, for its own app`() throws {
        try self.note(#"{"q":"a","n":7}"#, in: "room:1")
        try self.note(#"{"q":"b"}"#, in: "room:1")
        try self.note(#"{"q":"b"}"#, in: "room:2")
        try self.note(#"{"q":"b"}"#, of: "lottery", in: "room:3")
        #expect(self.find("q", "a") == "room:1")
        #expect(self.find("n", "7") == "room:1")
        #expect(self.find("q", "b") == "room:2")
        #expect(self.find("q", "b", of: "lottery") == "room:3")
        #expect(self.find("q", "7") == nil)
        #expect(self.find("n", "b") == nil)
    }

    @Test func `what is no text or number, or too long, leads nowhere`() throws {
        let long = String(repeating: "x", count: 129)
        try self.note(#"{"q":null,"n":["a"]}"#, in: "room:1")
        try self.note(#"{"q":"","n":true}"#, in: "room:1")
        try self.note(#"{"q":"\#(long)"}"#, in: "room:1")
        for value in ["", "null", "true", "a", long] {
            #expect(self.find("q", value) == nil)
            #expect(self.find("n", value) == nil)
        }
    }

    @Test func `an app that publishes much forgets its own oldest, and nobody else's`() throws {
        try self.note(#"{"q":"first"}"#, of: "lottery", in: "room:1")
        for number in 0..<3 * PublishedTable.count {
            try self.note(#"{"q":"\#(number)"}"#, in: "room:\(number % 10 + 1)")
        }
        #expect(self.find("q", "0") == nil)
        for number in 2 * PublishedTable.count..<3 * PublishedTable.count {
            #expect(self.find("q", "\(number)") == "room:\(number % 10 + 1)")
        }
        #expect(self.find("q", "first", of: "lottery") == "room:1")
    }

    @Test func `an app that is gone is forgotten`() throws {
        try self.note(#"{"q":"a"}"#, in: "room:1")
        try self.note(#"{"q":"a"}"#, of: "lottery", in: "room:2")
        self.table.keep([App(id: "lottery")])
        #expect(self.find("q", "a") == nil)
        #expect(self.find("q", "a", of: "lottery") == "room:2")
    }
}
