// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

@Suite struct RecordTableTests {
    private let table = RecordTable()
    private let room = ChannelName(known: "room:1")

    private func text(_ change: StateChange) -> String? {
        guard case .setRecord(_, let record?) = change else { return nil }
        return String(decoding: record, as: UTF8.self)
    }

    private var kept: String? { self.table[self.room].map { String(decoding: $0, as: UTF8.self) } }

    private func keep(_ change: RecordTable.Change) -> String? {
        let staged = self.table.stage(change, of: self.room)
        self.table.apply(staged)
        return self.text(staged)
    }

    // RFC 7396, appendix A.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func `a merge follows RFC 7396`(target: String, patch: String, result: String) {
        _ = self.keep(.replace(Array(target.utf8)))
        #expect(self.keep(.merge(Array(patch.utf8))) == result)
        #expect(self.kept == result)
    }

    @Test func `a merge without a record starts from nothing`() {
        #expect(self.keep(.merge(Array(#"{"a":{"b":1,"c":null}}"#.utf8))) == #"{"a":{"b":1}}"#)
    }

    @Test func `numbers and unknown members keep their spelling through a merge`() {
        _ = self.keep(.replace(Array(#"{"n":1.50,"u":"\u00e9"}"#.utf8)))
        #expect(self.keep(.merge(Array(#"{"x":1e2}"#.utf8))) == #"{"n":1.50,"u":"\u00e9","x":1e2}"#)
    }

    @Test func `a patch nested as deep as a payload may be is merged`() {
        let depth = 200
        let patch = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(self.keep(.merge(Array(patch.utf8))) == patch)
        #expect(self.keep(.merge(Array(patch.utf8))) == patch)
    }

    @Test func `a patch that is no JSON leaves the record as it is`() {
        #expect(self.keep(.merge(Array("{".utf8))) == nil)
        _ = self.keep(.replace(Array("1".utf8)))
        #expect(self.keep(.merge(Array("{".utf8))) == "1")
    }

    @Test func `removing ends the record`() {
        _ = self.keep(.replace(Array("1".utf8)))
        #expect(self.keep(.remove) == nil)
        #expect(self.kept == nil)
    }

    @Test func `what is staged is not seen until it was kept, but counts for the next change`() {
        let first = self.table.stage(.replace(Array(#"{"a":1}"#.utf8)), of: self.room)
        let second = self.table.stage(.merge(Array(#"{"b":2}"#.utf8)), of: self.room)
        #expect(self.kept == nil)
        #expect(self.text(second) == #"{"a":1,"b":2}"#)
        self.table.apply(first)
        #expect(self.kept == #"{"a":1}"#)
        self.table.apply(second)
        #expect(self.kept == #"{"a":1,"b":2}"#)
    }

    @Test func `a change that was not kept is forgotten`() {
        _ = self.keep(.replace(Array(#"{"a":1}"#.utf8)))
        self.table.discard([self.table.stage(.merge(Array(#"{"b":2}"#.utf8)), of: self.room)])
        #expect(self.keep(.merge(Array(#"{"c":3}"#.utf8))) == #"{"a":1,"c":3}"#)
    }

    @Test func `a change that was not kept does not take those with it that are still on their way`() {
        _ = self.keep(.replace(Array("{}".utf8)))
        let underWay = self.table.stage(.merge(Array(#"{"a":1}"#.utf8)), of: self.room)
        let repeated = self.table.stage(.replace(Array(#"{"a":1}"#.utf8)), of: self.room)
        self.table.discard([repeated])
        let next = self.table.stage(.merge(Array(#"{"b":2}"#.utf8)), of: self.room)
        self.table.apply(underWay)
        self.table.apply(next)
        #expect(self.kept == #"{"a":1,"b":2}"#)
    }
}
