// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

/// ALL-D04: whoever asks for what came since the last time he was told neither misses anything nor gets it twice.
struct KeptStampTests {
    private static let now = Timestamp(milliseconds: 1000)

    @Test func `what is kept for one user comes a millisecond after whatever he was sent before`() {
        var sequencer = Sequencer(node: 1)
        let ann = [ChannelName(known: "user:ann")]
        let first = sequencer.nextKeptStamp(Self.now, userChannels: ann)
        let second = sequencer.nextKeptStamp(Self.now, userChannels: ann)
        #expect(first.time == Self.now)
        #expect(second.time.milliseconds == 1001)
        let live = sequencer.nextStamp(Self.now)
        #expect(live.time.milliseconds == 1001)
        let third = sequencer.nextKeptStamp(Self.now, userChannels: ann)
        #expect(third.time.milliseconds == 1002)
    }

    @Test func `what is kept for different users may have one time, so that the clock is not overtaken`() {
        var sequencer = Sequencer(node: 1)
        var times: Set<Int64> = []
        for number in 0..<5000 {
            let channel = ChannelName(known: "user:\(number)")
            times.insert(sequencer.nextKeptStamp(Self.now, userChannels: [channel]).time.milliseconds)
        }
        #expect(times == [1000])
    }

    @Test func `what is kept for many comes after everything`() {
        var sequencer = Sequencer(node: 1)
        _ = sequencer.nextKeptStamp(Self.now, userChannels: [ChannelName(known: "user:ann")])
        let shared = sequencer.nextKeptStamp(Self.now, userChannels: nil)
        #expect(shared.time.milliseconds == 1001)
        let ben = sequencer.nextKeptStamp(Self.now, userChannels: [ChannelName(known: "user:ben")])
        #expect(ben.time.milliseconds == 1002)
    }

    @Test func `ids and times rise whatever the clock does and also after a restart`() {
        var sequencer = Sequencer(node: 1, last: Timestamp(milliseconds: 5000), now: Self.now)
        var last = Stamp(time: Timestamp(milliseconds: 5000), sequence: PublicationID.maximumSequence, node: .max).id
        for clock in [1000, 1001, 900, 4999, 6000, 5000] as [Int64] {
            for kept in [true, false] {
                let now = Timestamp(milliseconds: clock)
                let stamp = kept ? sequencer.nextKeptStamp(now, userChannels: nil) : sequencer.nextStamp(now)
                #expect(stamp.id > last)
                last = stamp.id
            }
        }
    }
}
