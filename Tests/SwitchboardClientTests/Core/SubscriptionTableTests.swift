// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import SwitchboardClient

struct SubscriptionTableTests {
    private let start = NIODeadline.now()

    private func requests(_ table: SubscriptionTable, limit: Int = 100) -> [String] {
        table.requests(limit: limit).map { "\($0.channels.joined(separator: " ")) \($0.since ?? "-")" }
    }

    @Test func `a channel is asked for once and left with the last who wanted it`() {
        var table = SubscriptionTable()
        let steps = [
            table.want("a"), table.want("a"), table.release("a"), table.isWanted("a"), table.release("a"),
            table.isWanted("a"), table.release("a"), table.want("a"),
        ]
        #expect(steps == [true, false, false, true, true, false, false, true])
    }

    @Test func `a channel goes on from the newest position that came after its confirmation`() {
        var table = SubscriptionTable()
        table.noted(position: "1")
        _ = table.want("a")
        table.asked("a")
        table.confirmed("a", now: self.start)
        table.noted(position: "2")
        _ = table.want("b")
        table.asked("b")
        table.confirmed("b", now: self.start)
        table.lost(now: self.start)
        // What came before a subscription was never wanted.
        #expect(self.requests(table) == ["a 2", "b -"])
    }

    @Test func `a channel that is still getting what it missed goes on from where it asked`() {
        var table = SubscriptionTable()
        for channel in ["a", "b"] {
            _ = table.want(channel)
            table.asked(channel)
            table.confirmed(channel, now: self.start)
        }
        table.noted(position: "7")
        table.lost(now: self.start)
        #expect(self.requests(table) == ["a b 7"])
        table.asked("a")
        table.asked("b")
        table.confirmed("a", now: self.start)
        table.noted(position: "9")
        // b is not confirmed, a not for long: neither need have had all before 9.
        table.lost(now: self.start + .seconds(1))
        #expect(self.requests(table) == ["a b 7"])
        table.asked("a")
        table.asked("b")
        table.confirmed("a", now: self.start)
        table.lost(now: self.start + SubscriptionTable.settlingTime)
        #expect(self.requests(table) == ["a 9", "b 7"])
    }

    @Test func `where the server tells that all has come, no time does`() {
        var table = SubscriptionTable(isTold: true)
        func open(_ channels: [String]) {
            for channel in channels { table.asked(channel) }
            for channel in channels { table.confirmed(channel, now: self.start) }
        }
        for channel in ["a", "b"] { _ = table.want(channel) }
        open(["a", "b"])
        #expect(!table.isSettling)
        table.noted(position: "7")
        table.lost(now: self.start)
        table.asked("b")
        open(["a"])
        #expect(!table.isSettling)
        table.noted(position: "9")
        // However slowly what was missed is taken.
        table.lost(now: self.start + .hours(1))
        #expect(self.requests(table) == ["a b 7"])
        open(["a", "b"])
        #expect(table.isSettling)
        table.settle()
        #expect(!table.isSettling)
        table.noted(position: "12")
        table.lost(now: self.start)
        #expect(self.requests(table) == ["a b 12"])
    }

    @Test func `requests have so many channels at most, in their order`() {
        var table = SubscriptionTable()
        for channel in ["a", "b", "c"] { _ = table.want(channel) }
        #expect(self.requests(table, limit: 2) == ["a b -", "c -"])
        #expect(self.requests(table, limit: 1) == ["a -", "b -", "c -"])
        table.forget("b")
        #expect(self.requests(table) == ["a c -"])
    }
}
