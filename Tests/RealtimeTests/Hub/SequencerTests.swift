// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

@Suite struct SequencerTests {
    private let global = ChannelName(known: "global")

    @Test func `time never goes back, whatever the clock does (ALL-D04)`() {
        var sequencer = Sequencer(node: 1)
        let clock: [Int64] = [1000, 1000, 999, 0, 1001, 500]
        let stamps = clock.map { sequencer.nextStamp(Timestamp(milliseconds: $0)) }
        #expect(stamps.map(\.time.milliseconds) == [1000, 1000, 1000, 1000, 1001, 1001])
        #expect(stamps.map(\.id) == stamps.map(\.id).sorted())
        #expect(Set(stamps.map(\.id)).count == stamps.count)
    }

    @Test func `a millisecond that is full borrows from the next`() {
        var sequencer = Sequencer(node: 1)
        var last = ""
        for count in 0...Int(PublicationID.maximumSequence) + 1 {
            let stamp = sequencer.nextStamp(Timestamp(milliseconds: 1000))
            #expect(stamp.id > last)
            #expect(stamp.time.milliseconds == (count <= Int(PublicationID.maximumSequence) ? 1000 : 1001))
            last = stamp.id
        }
    }

    @Test func `serials rise from one`() {
        var sequencer = Sequencer(node: 1)
        let serials = [sequencer.nextSerial(), sequencer.nextSerial(), sequencer.nextSerial()]
        #expect(serials == [1, 2, 3])
    }

    @Test func `a channel is heard on the loops that have subscribers, until the last leaves`() {
        var sequencer = Sequencer(node: 1)
        sequencer.changeInterest(in: self.global, onLoop: 0, by: 1, remaining: 1)
        sequencer.changeInterest(in: self.global, onLoop: 63, by: 1, remaining: 1)
        sequencer.changeInterest(in: self.global, onLoop: 63, by: 1, remaining: 2)
        #expect(sequencer.loops(listeningTo: [self.global]) == UInt64(1) << 63 | 1)
        #expect(sequencer.subscriberCounts.map(\.count) == [3])

        sequencer.changeInterest(in: self.global, onLoop: 63, by: -1, remaining: 1)
        #expect(sequencer.loops(listeningTo: [self.global]) == UInt64(1) << 63 | 1)
        sequencer.changeInterest(in: self.global, onLoop: 63, by: -1, remaining: 0)
        #expect(sequencer.loops(listeningTo: [self.global]) == 1)
        sequencer.changeInterest(in: self.global, onLoop: 0, by: -1, remaining: 0)
        #expect(sequencer.loops(listeningTo: [self.global]) == 0)
        #expect(sequencer.subscriberCounts.isEmpty)
    }

    @Test func `several channels are heard where one of them is`() {
        var sequencer = Sequencer(node: 1)
        let other = ChannelName(known: "other")
        sequencer.changeInterest(in: self.global, onLoop: 1, by: 1, remaining: 1)
        sequencer.changeInterest(in: other, onLoop: 2, by: 1, remaining: 1)
        #expect(sequencer.loops(listeningTo: [self.global, other, ChannelName(known: "none")]) == 0b110)
    }
}
