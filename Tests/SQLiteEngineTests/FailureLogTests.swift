// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

@testable import SQLiteEngine

@Suite struct FailureLogTests {
    private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    @Test func `a failure is told at once, then every ten seconds with what it has met since`() {
        var log = FailureLog()
        #expect(log.failed(13, "full", commits: 2, now: self.time(100)) == "full (2 refused)")
        #expect(log.failed(13, "full", commits: 3, now: self.time(10_099)) == nil)
        #expect(log.failed(13, "full", commits: 4, now: self.time(10_100)) == "full (7 refused)")
    }

    @Test func `another kind of failure is told at once`() {
        var log = FailureLog()
        #expect(log.failed(13, "full", commits: 1, now: self.time(0)) != nil)
        #expect(log.failed(10, "broken", commits: 1, now: self.time(1)) == "broken (1 refused)")
    }

    @Test func `the end is told once, with all that was refused`() {
        var log = FailureLog()
        #expect(log.succeeded() == nil)
        for _ in 0..<3 { _ = log.failed(13, "full", commits: 2, now: self.time(0)) }
        #expect(log.succeeded() == "the database takes writes again; 6 commits were refused")
        #expect(log.succeeded() == nil)
    }

    @Test(arguments: [Int64.min, -20_000, Int64.max])
    func `a clock that jumps does not silence or stop it`(now: Int64) {
        var log = FailureLog()
        _ = log.failed(13, "full", commits: 1, now: self.time(0))
        #expect(log.failed(13, "full", commits: 1, now: self.time(now)) != nil)
    }
}
