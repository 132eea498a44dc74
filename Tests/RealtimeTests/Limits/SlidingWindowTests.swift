// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

@Suite struct SlidingWindowTests {
    private let rate = LimitRules.Rate(count: 60, window: 60_000)

    private func admitted(_ window: inout SlidingWindow, at now: Int64, tries: Int) -> Int {
        (0..<tries).count { _ in window.admit(at: now, under: self.rate) }
    }

    @Test func `a burst after silence is cut at the limit (RNG-067)`() {
        var window = SlidingWindow()
        #expect(self.admitted(&window, at: 5_000, tries: 100) == 60)
        #expect(self.admitted(&window, at: 64_999, tries: 100) == 0)
    }

    @Test func `what was counted is let go when the window has moved on`() {
        var window = SlidingWindow()
        _ = self.admitted(&window, at: 0, tries: 40)
        _ = self.admitted(&window, at: 30_000, tries: 40)
        #expect(self.admitted(&window, at: 59_999, tries: 100) == 0)
        #expect(self.admitted(&window, at: 60_000, tries: 100) == 40)
        #expect(self.admitted(&window, at: 90_000, tries: 100) == 20)
        #expect(self.admitted(&window, at: 300_000, tries: 100) == 60)
    }

    @Test func `of five a minute none is a sixth, whatever moment the minute begins in (ORI-042)`() {
        var window = SlidingWindow()
        let rate = LimitRules.Rate(count: 5, window: 60_000)
        let moments = stride(from: Int64(59_900), to: 400_000, by: 100).filter { window.admit(at: $0, under: rate) }
        #expect(moments.prefix(5) == [59_900, 60_000, 60_100, 60_200, 60_300])
        #expect(moments.dropFirst(5).first == 119_900)
        #expect(Self.most(moments, within: 60_000) == 5)
    }

    private static func most(_ moments: [Int64], within window: Int64) -> Int {
        var (most, first) = (0, 0)
        for (index, moment) in moments.enumerated() {
            while moments[first] <= moment - window { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    @Test func `whoever asks all the time gets what the limit allows, or hardly less`() {
        var window = SlidingWindow()
        let moments = stride(from: Int64(0), to: 600_000, by: 250).filter { window.admit(at: $0, under: self.rate) }
        #expect(Self.most(moments, within: 60_000) == 60)
        #expect(moments.count >= 570)
    }

    @Test
    func `no stretch of a window's length takes more than the limit, and nothing is refused that has room (RNG-067)`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let rate = LimitRules.Rate(
                count: .random(in: 1...80, using: &generator), window: .random(in: 1...20_000, using: &generator))
            // Of what is counted together everything goes with the last.
            let longest = rate.window + rate.window / (rate.count > 32 ? 32 : 1024)
            var window = SlidingWindow()
            var now = Int64.random(in: -1_000_000...10_000_000, using: &generator)
            var admitted: [Int64] = []
            for _ in 0..<400 {
                let isAdmitted = window.admit(at: now, under: rate)
                let (within, around) = (
                    admitted.count { $0 > now - rate.window }, admitted.count { $0 > now - longest - 1 }
                )
                #expect(isAdmitted ? within < rate.count : around >= rate.count, "\(rate) at \(now)")
                if isAdmitted { admitted.append(now) }
                let pause = 2 * rate.window / Int64(rate.count)
                now +=
                    .random(in: 0...9, using: &generator) == 0 ? rate.window : .random(in: 0...pause, using: &generator)
            }
        }
    }

    @Test func `a thread whose clock is a little behind counts like the others`() {
        var window = SlidingWindow()
        let rate = LimitRules.Rate(count: 3, window: 1000)
        let admitted = [1000, 990, 1001, 999, 1989, 2001].map { window.admit(at: $0, under: rate) }
        #expect(admitted == [true, true, true, false, false, true])
    }

    @Test func `a count takes 16 bytes`() { #expect(MemoryLayout<SlidingWindow>.size == 16) }

    @Test func `a limit of nothing admits nothing`() {
        var window = SlidingWindow()
        let isAdmitted = window.admit(at: 0, under: .init(count: 0, window: 1000))
        #expect(!isAdmitted)
    }

    @Test func `moments far apart do not overflow`() {
        var window = SlidingWindow()
        let admitted = [0, 4_000_000_000_000_000].map { window.admit(at: $0, under: self.rate) }
        #expect(admitted == [true, true])
    }

    @Test func `the hundredth of a burst is served and the next is not, also behind earlier ones (PAY-055)`() {
        var window = SlidingWindow()
        let rate = LimitRules.Rate(count: 100, window: 60_000)
        #expect((0..<40).count { _ in window.admit(at: 1_000, under: rate) } == 40)
        #expect((0..<100).count { _ in window.admit(at: 60_999, under: rate) } == 60)
        #expect((0..<100).count { _ in window.admit(at: 61_000, under: rate) } == 40)
    }

    @Test func `a window of nothing counts for ever (PAY-055)`() {
        var window = SlidingWindow()
        let rate = LimitRules.Rate(count: 100, window: 0)
        let admitted = (0..<200).count { window.admit(at: Int64($0) * 86_400_000, under: rate) }
        #expect(admitted == 100)
    }

    @Test func `what was taken back can be used again`() {
        var window = SlidingWindow()
        let rate = LimitRules.Rate(count: 1, window: 1000)
        #expect((0..<2).count { _ in window.admit(at: 0, under: rate) } == 1)
        window.takeBack()
        window.takeBack()
        #expect((0..<2).count { _ in window.admit(at: 0, under: rate) } == 1)
    }

    @Test func `a wait ends in the first moment in which there is room`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let rate = LimitRules.Rate(
                count: .random(in: 1...20, using: &generator), window: .random(in: 1...5000, using: &generator))
            var window = SlidingWindow()
            var now = Int64.random(in: 0...100_000, using: &generator)
            for _ in 0..<100 {
                let wait = window.charge(at: now, under: rate)
                var (early, due) = (window, window)
                if wait > 0 {
                    let (isEarly, isDue) = (
                        early.admit(at: now + wait - 1, under: rate), due.admit(at: now + wait, under: rate)
                    )
                    #expect(!isEarly && isDue, "\(rate) at \(now) waits \(wait)")
                    #expect(wait <= rate.window)
                } else {
                    let isDue = due.admit(at: now, under: rate)
                    #expect(isDue)
                }
                now +=
                    .random(in: 0...2, using: &generator) == 0 ? wait : .random(in: 0...rate.window, using: &generator)
            }
        }
    }
}
