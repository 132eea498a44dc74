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

    @Test func `what was counted fades as the window moves on`() {
        var window = SlidingWindow()
        _ = self.admitted(&window, at: 0, tries: 60)
        #expect(self.admitted(&window, at: 60_000, tries: 100) == 0)
        #expect(self.admitted(&window, at: 90_000, tries: 100) == 30)
        #expect(self.admitted(&window, at: 300_000, tries: 100) == 60)
    }

    @Test func `no stretch of one window's length takes more than the limit when requests come evenly`() {
        var window = SlidingWindow()
        var moments: [Int64] = []
        for now in stride(from: Int64(0), to: 600_000, by: 250) where window.admit(at: now, under: self.rate) {
            moments.append(now)
        }
        let most = moments.indices.map { i in moments[i...].prefix { $0 < moments[i] + 60_000 }.count }.max() ?? 0
        #expect(most <= 66)
        #expect(moments.count >= 570)
    }

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
                    #expect(wait <= 2 * rate.window)
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
