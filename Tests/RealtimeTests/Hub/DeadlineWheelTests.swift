// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

@Suite struct DeadlineWheelTests {
    @Test func `nothing is due before its time`() {
        var wheel = DeadlineWheel<Int>(now: 10_000)
        wheel.add(1, at: 12_001)
        #expect(wheel.advance(to: 12_999).isEmpty)
        #expect(wheel.advance(to: 13_000) == [1])
        #expect(wheel.isEmpty)
    }

    @Test func `what is due already comes in the next second`() {
        var wheel = DeadlineWheel<Int>(now: 10_500)
        wheel.add(1, at: 3_000)
        #expect(wheel.nextSecond == 11_000)
        #expect(wheel.advance(to: 10_999).isEmpty)
        #expect(wheel.advance(to: 11_000) == [1])
    }

    @Test func `elements come in the order of their seconds, also after a jump`() {
        var wheel = DeadlineWheel<Int>(now: 0)
        for (element, moment) in [(3, 9_000), (1, 2_000), (2, 2_500), (4, 100_000_000)] as [(Int, Int64)] {
            wheel.add(element, at: moment)
        }
        #expect(wheel.advance(to: 50_000_000) == [1, 2, 3])
        #expect(wheel.advance(to: 100_000_000) == [4])
    }

    @Test func `a clock that is set back does not hold up what is added afterwards`() {
        var wheel = DeadlineWheel<Int>(now: 1_000_000_000)
        #expect(wheel.advance(to: 10_000).isEmpty)
        wheel.add(1, at: 12_000)
        #expect(wheel.advance(to: 12_000) == [1])
    }

    @Test(arguments: [Int64.max, Int64.min]) func `no moment overflows`(moment: Int64) {
        var wheel = DeadlineWheel<Int>(now: 0)
        wheel.add(1, at: moment)
        #expect(wheel.advance(to: 1_000) == (moment < 0 ? [1] : []))
        #expect(wheel.isEmpty == (moment < 0))
    }

    @Test func `many elements at many times each come once`() {
        var wheel = DeadlineWheel<Int>(now: 0)
        var random = SystemRandomNumberGenerator()
        for element in 0..<5_000 { wheel.add(element, at: Int64.random(in: 0...300_000, using: &random)) }
        var taken: [Int] = []
        for now in stride(from: Int64(0), through: 301_000, by: 700) { taken += wheel.advance(to: now) }
        #expect(taken.sorted() == Array(0..<5_000))
    }
}
