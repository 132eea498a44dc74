// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

struct ExpiryTableTests {
    private let table = ExpiryTable()

    private func key(_ text: String) -> ExpiryTable.Key { ExpiryTable.Key(event: "typing", key: text) }

    @Test func `what is under way ends once`() throws {
        let number = try #require(self.table.begin(self.key("a")))
        #expect(self.table.end(self.key("a"), number))
        #expect(!self.table.end(self.key("a"), number))
        #expect(self.table.count == 0)
    }

    @Test func `a later one takes the place of an earlier one, and of no other`() throws {
        let first = try #require(self.table.begin(self.key("a")))
        let other = try #require(self.table.begin(self.key("b")))
        let second = try #require(self.table.begin(self.key("a")))
        #expect(!self.table.end(self.key("a"), first))
        #expect(self.table.end(self.key("a"), second) && self.table.end(self.key("b"), other))
    }

    @Test func `what was ended otherwise does not end again`() throws {
        let number = try #require(self.table.begin(self.key("a")))
        self.table.cancel(self.key("a"))
        #expect(!self.table.end(self.key("a"), number))
    }

    @Test func `there is no more than room for`() {
        for number in 0..<ExpiryTable.maximumCount { _ = self.table.begin(self.key("\(number)")) }
        #expect(self.table.begin(self.key("one more")) == nil)
        #expect(self.table.begin(self.key("0")) != nil)
        #expect(self.table.count == ExpiryTable.maximumCount)
    }
}
