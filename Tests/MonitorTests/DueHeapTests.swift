// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import Monitor

@Suite struct DueHeapTests {
    @Test func `what is due comes out earliest first, and nothing else`() {
        var heap = DueHeap<Int>()
        let start = NIODeadline.now()
        for second in (0..<500).shuffled() { heap.add(second, at: start + .seconds(Int64(second))) }
        #expect(heap.earliest == start)
        var found: [Int] = []
        while let element = heap.popDue(at: start + .seconds(299)) { found.append(element) }
        #expect(found == Array(0..<300))
        #expect(heap.count == 200)
        #expect(heap.earliest == start + .seconds(300))
    }

    @Test func `what is kept comes out in its order`() {
        var heap = DueHeap<Int>()
        let start = NIODeadline.now()
        for second in (0..<500).shuffled() { heap.add(second, at: start + .seconds(Int64(second))) }
        heap.keep { $0 % 7 == 3 }
        heap.add(0, at: start)
        var found: [Int] = []
        while let element = heap.popDue(at: start + .hours(1)) { found.append(element) }
        #expect(found == [0] + (0..<500).filter { $0 % 7 == 3 })
    }

    @Test func `an empty heap has nothing`() {
        var heap = DueHeap<Int>()
        #expect(heap.earliest == nil)
        #expect(heap.popDue(at: .now() + .hours(1)) == nil)
    }
}

@Suite struct SpreadTests {
    private static let every = TimeAmount.seconds(10)

    @Test func `first questions are spread over the interval, the same each time`() {
        let now = NIODeadline.now()
        var counts = [Int](repeating: 0, count: 10)
        for number in 0..<10_000 {
            let first = Spread.first("service-\(number)", every: Self.every, now: now)
            #expect(first == Spread.first("service-\(number)", every: Self.every, now: now))
            counts[Int((first - now).nanoseconds / 1_000_000_000)] += 1
        }
        #expect(counts.allSatisfy { (800...1200).contains($0) }, "\(counts)")
    }

    @Test func `the next question is an interval later, a twentieth more or less`() {
        let now = NIODeadline.now()
        for _ in 0..<1000 {
            let wait = Spread.next(after: now, every: Self.every, now: now + .milliseconds(30)) - now
            #expect(wait >= .milliseconds(9_500) && wait <= .milliseconds(10_500))
        }
        #expect(Spread.next(after: now, every: Self.every, now: now + .seconds(60)) == now + .seconds(65))
    }
}
