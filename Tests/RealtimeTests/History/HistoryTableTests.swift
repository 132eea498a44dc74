// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

struct HistoryTableTests {
    private static let room = ChannelName(known: "room:1")
    private static let inMemory = ChannelRules.History(count: 3, age: 1000, isDurable: false)
    private static let durable = ChannelRules.History(count: 3, age: 1_000_000)

    private func id(_ milliseconds: Int64) -> String {
        Stamp(time: Timestamp(milliseconds: milliseconds), sequence: 0, node: 1).id
    }

    private func publication(_ milliseconds: Int64, size: Int = 2) -> StoredPublication {
        StoredPublication(
            channel: Self.room, offset: 0, id: self.id(milliseconds), event: "said",
            time: Timestamp(milliseconds: milliseconds), data: Array(repeating: 0x20, count: size))
    }

    private func history(_ table: inout HistoryTable, _ rules: ChannelRules.History, now: Int64) -> ChannelHistory? {
        guard
            case .resident(let history) = table.read(
                Self.room, rules: rules, now: Timestamp(milliseconds: now))
        else { return nil }
        return history
    }

    @Test func `PAY-075 the last few are kept, in order, and whoever missed more is told`() throws {
        var table = HistoryTable(start: self.id(0))
        for time in 1...5 { table.append(self.publication(Int64(time)), rules: Self.inMemory) }
        let read = self.history(&table, Self.inMemory, now: 6)
        let history = try #require(read)
        #expect(history.publications.map(\.id) == [3, 4, 5].map { self.id($0) })
        let whole = history.after(self.id(3))
        #expect(whole.publications.map(\.id) == [4, 5].map { self.id($0) } && whole.isComplete)
        #expect(history.after(self.id(2)).isComplete)
        let partial = history.after(self.id(1))
        #expect(partial.publications.count == 3 && !partial.isComplete)
        #expect(history.after(self.id(5)).publications.isEmpty && history.after(self.id(5)).isComplete)
    }

    @Test func `what is too old goes, and the gap is known`() throws {
        var table = HistoryTable(start: self.id(0))
        table.append(self.publication(100), rules: Self.inMemory)
        table.append(self.publication(900), rules: Self.inMemory)
        let read = self.history(&table, Self.inMemory, now: 1500)
        let history = try #require(read)
        #expect(history.publications.map(\.id) == [self.id(900)])
        #expect(!history.after(self.id(50)).isComplete)
        #expect(history.after(self.id(100)).isComplete)
    }

    @Test func `a time that the publisher gave makes a publication neither old nor young`() throws {
        var table = HistoryTable(start: self.id(0))
        var past = self.publication(100)
        past.time = Timestamp(milliseconds: -5)
        var future = self.publication(200)
        future.time = Timestamp(milliseconds: 1_000_000)
        table.append(past, rules: Self.inMemory)
        table.append(future, rules: Self.inMemory)
        let young = self.history(&table, Self.inMemory, now: 1050)
        #expect(young?.publications.map(\.id) == [100, 200].map { self.id($0) })
        let old = self.history(&table, Self.inMemory, now: 1300)
        #expect(old?.publications.isEmpty == true)
    }

    @Test func `nothing is known of what a channel in memory had before the process began`() throws {
        var table = HistoryTable(start: self.id(500))
        let read = self.history(&table, Self.inMemory, now: 600)
        let history = try #require(read)
        #expect(!history.after(self.id(499)).isComplete)
        #expect(history.after(self.id(500)).isComplete)
    }

    @Test func `a durable history is fetched once, with what came meanwhile behind it`() throws {
        var table = HistoryTable(start: self.id(0))
        let absent = self.history(&table, Self.durable, now: 10)
        let (isFirst, isSecond) = (table.beginFetching(Self.room), table.beginFetching(Self.room))
        #expect(absent == nil && isFirst && !isSecond)
        table.append(self.publication(5), rules: Self.durable)
        table.append(self.publication(6), rules: Self.durable)
        // The store had the first of the two already when it was read.
        let fetched = [self.publication(4), self.publication(5)]
        table.endFetching(Self.room, ChannelHistory(fetched, floor: "", rules: Self.durable))
        let read = self.history(&table, Self.durable, now: 10)
        let history = try #require(read)
        #expect(history.publications.map(\.id) == [4, 5, 6].map { self.id($0) })
        table.append(self.publication(7), rules: Self.durable)
        let later = self.history(&table, Self.durable, now: 10)
        #expect(later?.publications.last?.id == self.id(7))
    }

    @Test func `memory is bounded: what was not used for longest goes, and its readers are told`() throws {
        var table = HistoryTable(start: self.id(0), maximumByteCount: 20_000)
        let rules = ChannelRules.History(count: 1000, age: 1_000_000, isDurable: false)
        table.append(self.publication(1, size: 1000), rules: rules)
        for number in 0..<100 {
            var publication = self.publication(Int64(2 + number), size: 1000)
            publication.channel = ChannelName(known: "other:\(number)")
            table.append(publication, rules: rules)
        }
        let read = self.history(&table, rules, now: 200)
        let history = try #require(read)
        #expect(history.publications.isEmpty)
        #expect(!history.after(self.id(0)).isComplete)
    }
}
