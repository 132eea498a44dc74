// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

@Suite struct AlertWatchTests {
    private static let rule = AlertRule(.disconnects, above: .init(count: 10, window: 60_000), below: 5)

    /// What the looks at these totals, one each three seconds, come to; nothing has happened before.
    private func changes(_ totals: [UInt64], rule: AlertRule = Self.rule) -> [Int: AlertWatch.Change] {
        var watch = AlertWatch(rule)
        _ = watch.look(at: 0, now: 0)
        return Dictionary(
            uniqueKeysWithValues: totals.enumerated().compactMap { index, total in
                watch.look(at: total, now: Int64(index + 1) * 3000).map { (index, $0) }
            })
    }

    @Test func `RNG-066 more than the limit raises it at once, half of the limit clears it`() {
        // 10 are within the limit, 11 are not; a minute later the first ones count no more.
        let totals: [UInt64] = [10, 11] + Array(repeating: 11, count: 30)
        let changes = self.changes(totals)
        #expect(changes[0] == nil && changes[1] == .raised(count: 11))
        #expect(changes.count == 2)
        let cleared = changes.first { $0.key > 1 }
        #expect(cleared?.value == .cleared(count: 1, after: 57_000))
    }

    @Test func `between its two limits it stays as it is`() {
        // About eight a minute, after eleven at once.
        let steady = (0..<60).map { UInt64(11 + $0 * 8 / 20) }
        #expect(self.changes(steady).count == 1)
        let slow = (0..<60).map { UInt64($0 * 9 / 20) }
        #expect(self.changes(slow).isEmpty)
    }

    @Test func `RNG-066 it is raised again after it was clear`() {
        let quiet = [UInt64](repeating: 20, count: 21)
        let changes = self.changes([20] + quiet + [40])
        #expect(
            changes.sorted { $0.key < $1.key }.map(\.value).filter { if case .raised = $0 { true } else { false } }
                .count == 2)
    }

    @Test func `with a delay it has to last`() {
        var rule = Self.rule
        rule.delay = 9000
        #expect(self.changes([11, 11, 11, 11], rule: rule) == [3: .raised(count: 11)])
        // A single burst of which most has gone by when the time is over.
        rule.delay = 70_000
        #expect(self.changes([11] + [UInt64](repeating: 11, count: 40), rule: rule).isEmpty)
    }

    @Test func `a reload with another limit clears what is no more too much`() {
        var watch = AlertWatch(Self.rule)
        _ = watch.look(at: 0, now: 0)
        #expect(watch.look(at: 20, now: 3000) == .raised(count: 20))
        watch.rule = AlertRule(.disconnects, above: .init(count: 100, window: 60_000), below: 50)
        #expect(watch.look(at: 20, now: 6000) == .cleared(count: 20, after: 3000))
    }

    @Test func `what was counted before the first look, and a count that falls, are nothing`() {
        var watch = AlertWatch(Self.rule)
        #expect(watch.look(at: 1_000_000, now: 5) == nil)
        #expect(watch.look(at: 1_000_005, now: 3000) == nil)
        #expect(watch.look(at: 3, now: 6000) == nil)
    }

    @Test func `looks that are too frequent take no more memory`() {
        var watch = AlertWatch(Self.rule)
        for now in 0..<100_000 as Range<Int64> { _ = watch.look(at: UInt64(now / 10_000), now: now) }
        #expect(watch.sampleCount <= AlertWatch.stepCount + 2)
    }

    @Test func `connections that are not there any more have ended`() {
        var statistics = LoopStatistics()
        statistics.connectionsOpened = 7
        statistics.connections = 3
        statistics.errors = [.forbidden: 2, .expired: 1]
        statistics.limited[.messages] = 4
        #expect(AlertRule.Figure.allCases.map { statistics.total(of: $0) } == [4, 7, 3, 4])
    }
}
