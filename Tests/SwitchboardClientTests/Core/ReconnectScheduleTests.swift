// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SwitchboardClient

struct ReconnectScheduleTests {
    @Test(arguments: [(1, 1000), (2, 2000), (3, 4000), (5, 16000), (6, 30000), (7, 30000), (1_000_000, 30000)])
    func `waits double up to half a minute`(failure: Int, milliseconds: Int) {
        #expect(ReconnectSchedule().delay(afterFailure: failure, random: 0.5) == .milliseconds(milliseconds))
    }

    @Test func `each wait lies within the jitter`() {
        let schedule = ReconnectSchedule()
        #expect(schedule.delay(afterFailure: 1, random: 0) == .milliseconds(800))
        #expect(schedule.delay(afterFailure: 1, random: 1) == .milliseconds(1200))
    }

    @Test func `a client that may try so often gives up behind that`() {
        let schedule = ReconnectSchedule(attempts: 2)
        #expect(schedule.delay(afterFailure: 2, random: 0.5) != nil)
        #expect(schedule.delay(afterFailure: 3, random: 0.5) == nil)
        #expect(ReconnectSchedule.never.delay(afterFailure: 1, random: 0.5) == nil)
    }

    @Test(arguments: [
        ReconnectSchedule(first: .seconds(-5)), ReconnectSchedule(factor: -3), ReconnectSchedule(factor: .nan),
        ReconnectSchedule(factor: .infinity), ReconnectSchedule(most: .seconds(Int64.max / 2)),
        ReconnectSchedule(jitter: .infinity), ReconnectSchedule(jitter: .nan), ReconnectSchedule(jitter: -1),
    ])
    func `a schedule that makes no sense makes no wait below nothing or above a day`(schedule: ReconnectSchedule) throws
    {
        for failure in [-1, 0, 1, 2, 100] {
            for random in [0, 0.5, 1] {
                let delay = try #require(schedule.delay(afterFailure: failure, random: random))
                #expect(delay >= .zero && delay <= .seconds(86_400))
            }
        }
    }
}
