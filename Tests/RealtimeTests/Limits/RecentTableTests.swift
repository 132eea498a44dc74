// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

@Suite struct RecentTableTests {
    @Test func `a value is there as long as its age says, and not for ever`() {
        var table = RecentTable<Int, Int>(capacity: 100, age: 1000)
        table.use(1, at: 0, new: 0) { $0 = 7 }
        #expect(table.useKnown(1, at: 999) { $0 } == 7)
        #expect(table.useKnown(1, at: 1999) { $0 } == 7)
        #expect(table.useKnown(1, at: 2500) { $0 } == 7)
        #expect(table.useKnown(1, at: 9000) { $0 } == nil)
        #expect(table.count == 0)
    }

    @Test func `there are never more than two generations, and those used last stay`() {
        var table = RecentTable<Int, Int>(capacity: 10, age: 1_000_000)
        for key in 0..<1000 {
            table.use(key, at: Int64(key), new: key) { _ in }
            #expect(table.useKnown(0, at: Int64(key)) { $0 } == 0, "used all the time")
            #expect(table.count <= 20)
        }
        #expect(table.useKnown(999, at: 1000) { $0 } == 999)
        #expect(table.useKnown(500, at: 1000) { $0 } == nil)
    }

    @Test func `a value used within its age is never lost, whatever the rhythm`() {
        var generator = SystemRandomNumberGenerator()
        var table = RecentTable<Int, Int64>(capacity: .max, age: 1000)
        var usedAt: [Int: Int64] = [:]
        var now: Int64 = 5
        for _ in 0..<5000 {
            now += .random(in: 0...150, using: &generator)
            let key = Int.random(in: 0..<20, using: &generator)
            let known = table.useKnown(key, at: now) { $0 }
            if let last = usedAt[key], now - last < 1000 { #expect(known == last) }
            table.use(key, at: now, new: 0) { [now] in $0 = now }
            usedAt[key] = now
        }
    }

    @Test func `a table that many share stays bounded`() {
        let table = SharedTable<Int>(capacity: 160, age: 60_000)
        for number in 0..<10_000 {
            table.use(LimitKey(owner: .user(UserID("u\(number)")), rule: 0), at: 0, new: 0) { $0 += 1 }
        }
        #expect(table.count <= 2 * 160)
    }
}
