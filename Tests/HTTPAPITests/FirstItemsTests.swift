// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTPAPI

struct FirstItemsTests {
    @Test func `of any number of items the smallest stay, in order`() {
        var generator = SystemRandomNumberGenerator()
        for (count, limit) in [(0, 3), (2, 3), (3, 3), (100, 1), (1000, 37)] {
            let keys = Array(0..<count).shuffled(using: &generator)
            var first = FirstItems<Int, String>(limit: limit + 1)
            for key in keys { first.offer(key, "item \(key)") }
            let (items, next) = first.page(of: limit)
            #expect(items == (0..<min(count, limit)).map { "item \($0)" })
            #expect(next == (count > limit ? limit - 1 : nil))
        }
    }

    @Test func `an item behind the last place is not made`() {
        var first = FirstItems<Int, Int>(limit: 1)
        first.offer(1, 1)
        var made = 0
        func make() -> Int {
            made += 1
            return made
        }
        first.offer(2, make())
        #expect(made == 0)
    }

    @Test func `nothing stays where nothing may`() {
        var first = FirstItems<Int, Int>(limit: 0)
        first.offer(1, 1)
        #expect(first.page(of: 0).items.isEmpty)
    }
}
