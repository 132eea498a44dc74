// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

struct AppLimitsTests {
    private let room = ChannelName(known: "room:1")
    private let other = ChannelName(known: "room:2")

    private func shipped() -> AppLimits {
        AppLimits([
            .init(.init(count: 600, window: 60_000), per: .app), .init(.init(count: 10, window: 1000), per: .channel),
        ])
    }

    private func wait(_ result: Result<AppLimits.Counted, RequestError>) -> Int64? {
        guard case .failure(let error) = result else { return nil }
        #expect(error.code == .rateLimited && error.quota?.remaining == 0)
        return error.retryAfter
    }

    @Test func `ROOM-039 ROOM-D11 in no second there are more than ten events of a room, of whatever apps`() {
        let limits = self.shipped()
        for number in 0..<10 {
            #expect(self.wait(limits.admit("app\(number % 3)", to: [self.room], at: Int64(number) * 100)) == nil)
        }
        // The window slides: at any moment what lies less than a second behind counts.
        #expect(self.wait(limits.admit("a", to: [self.room], at: 900)) == 100)
        #expect(self.wait(limits.admit("b", to: [self.room], at: 999)) == 1)
        #expect(self.wait(limits.admit("b", to: [self.other], at: 999)) == nil)
        #expect(self.wait(limits.admit("b", to: [self.room], at: 1000)) == nil)
        #expect(self.wait(limits.admit("b", to: [self.room], at: 1001)) == 99)
        #expect(self.wait(limits.admit("b", to: [self.room], at: 1100)) == nil)
    }

    @Test func `what came of nothing is taken back, whatever a thread's clock said`() throws {
        let limits = self.shipped()
        for _ in 0..<9 { #expect(self.wait(limits.admit("a", to: [self.room], at: 500)) == nil) }
        let late = try limits.admit("a", to: [self.room], at: 498).get()
        #expect(self.wait(limits.admit("a", to: [self.room], at: 500)) == 1000)
        limits.takeBack(late, at: 500)
        #expect(self.wait(limits.admit("a", to: [self.room], at: 500)) == nil)
    }

    @Test func `ROOM-066 ROOM-D20 in no minute there are more than 600 events of an app, in whatever rooms`() {
        let limits = self.shipped()
        for number in 0..<600 {
            let room = ChannelName(known: "room:\(number % 200)")
            #expect(self.wait(limits.admit("a", to: [room], at: Int64(number) * 50)) == nil)
        }
        let fresh = ChannelName(known: "room:fresh")
        #expect(self.wait(limits.admit("a", to: [fresh], at: 30_000)) == 30_000)
        #expect(self.wait(limits.admit("b", to: [fresh], at: 30_000)) == nil)
        #expect(self.wait(limits.admit("a", to: [fresh], at: 59_999)) == 1)
        #expect(self.wait(limits.admit("a", to: [fresh], at: 60_000)) == nil)
        #expect(self.wait(limits.admit("a", to: [fresh], at: 60_000)) == 50)
    }

    @Test func `what one limit refuses is counted by none`() throws {
        let limits = AppLimits([
            .init(.init(count: 3, window: 1000), per: .app), .init(.init(count: 1, window: 1000), per: .channel),
        ])
        #expect(try limits.admit("a", to: [self.room], at: 0).get().quota?.remaining == 0)
        for _ in 0..<5 { #expect(self.wait(limits.admit("a", to: [self.room], at: 0)) == 1000) }
        // Two are left of the app's three, and the other room's one is the smaller.
        let counted = try limits.admit("a", to: [self.other], at: 0).get()
        #expect(counted.quota == AppQuota(limit: 1, remaining: 0, reset: 1000))
        #expect(limits.takeBack(counted, at: 0)?.remaining == 1)
        #expect(self.wait(limits.admit("a", to: [self.other], at: 0)) == nil)
    }

    @Test func `ROOM-077 what is left is told under the limit that leaves less, and when there is more`() throws {
        let limits = self.shipped()
        #expect(
            try limits.admit("a", to: [self.room], at: 0).get().quota
                == AppQuota(limit: 10, remaining: 9, reset: 1000))
        #expect(
            try limits.admit("a", to: [self.room], at: 400).get().quota
                == AppQuota(limit: 10, remaining: 8, reset: 600))
        #expect(AppQuota(limit: 10, remaining: 8, reset: 600).resetSeconds == 1)
        #expect(AppQuota(limit: 10, remaining: 8, reset: 0).resetSeconds == 0)
    }

    @Test func `without limits everything passes`() throws {
        #expect(try AppLimits([]).admit("a", to: [self.room], at: 0).get().quota == nil)
    }

    @Test func `a window forgets exactly what is over, however long it runs`() {
        var window = ExactWindow()
        for moment in 0..<10_000 as Range<Int64> {
            window.forget(at: moment, window: 100)
            #expect(window.count == Int(min(moment, 99)))
            window.add(moment)
        }
        // Another thread's clock may be a little behind.
        window.add(5000)
        #expect(window.untilOldestGoes(at: 9999, window: 100) == 1)
        window.forget(at: 20_000, window: 100)
        #expect(window.count == 0 && window.untilOldestGoes(at: 20_000, window: 100) == 0)
    }
}
