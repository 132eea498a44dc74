// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

@Suite struct PublicationIDTests {
    private func id(_ milliseconds: Int64, _ sequence: UInt16 = 0, node: UInt16 = 0) -> String {
        Stamp(time: Timestamp(milliseconds: milliseconds), sequence: sequence, node: node).id
    }

    @Test func `an id has sixteen characters of Crockford's alphabet`() {
        let id = self.id(1_762_344_000_123, 16_383, node: .max)
        #expect(id.utf8.count == PublicationID.byteCount)
        #expect(id.allSatisfy { "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains($0) })
    }

    @Test func `time zero is all zeros and the highest sequence and node are all ones`() {
        #expect(self.id(0) == "0000000000000000")
        #expect(self.id(0, PublicationID.maximumSequence, node: .max) == "0000000000ZZZZZZ")
        #expect(self.id(31) == "000000000Z000000")
    }

    @Test func `later publications sort after earlier ones`() {
        let ids = [
            self.id(1_762_344_000_000), self.id(1_762_344_000_000, 1), self.id(1_762_344_000_000, 2, node: 5),
            self.id(1_762_344_000_000, 16_383), self.id(1_762_344_000_001), self.id(1_762_344_000_032),
            self.id(1_893_456_000_000),
        ]
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
    }

    @Test func `two nodes name the same moment differently`() {
        #expect(self.id(1000, 3, node: 1) != self.id(1000, 3, node: 2))
    }

    @Test(arguments: [Int64.min, -1, Int64.max]) func `a time out of range still gives sixteen characters`(time: Int64)
    {
        #expect(self.id(time).utf8.count == 16)
    }
}
