// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Gives publications their order, time and id, and knows which loops listen to which channel. One for each
/// platform, guarded by the platform's lock, under which nothing but this happens.
struct Sequencer: ~Copyable {
    /// Who listens to one channel.
    struct Interest {
        /// Bit n: somebody on loop n.
        var loops: UInt64 = 0
        /// Subscriptions on all loops.
        var count = 0
    }

    private let node: UInt16
    private var last = Timestamp(milliseconds: 0)
    private var sequence: UInt16 = 0
    private var serial: UInt64 = 0
    private var interest: [ChannelName: Interest] = [:]

    init(node: UInt16) { self.node = node }

    /// The next publication's time and id. Time never goes back, whatever the machine's clock does (ALL-D04).
    mutating func nextStamp(_ now: Timestamp) -> Stamp {
        if now > self.last {
            self.last = now
            self.sequence = 0
        } else if self.sequence < PublicationID.maximumSequence {
            self.sequence += 1
        } else {
            self.last.milliseconds += 1
            self.sequence = 0
        }
        return Stamp(time: self.last, sequence: self.sequence, node: self.node)
    }

    /// A number above every one given before; the first is 1.
    mutating func nextSerial() -> UInt64 {
        self.serial += 1
        return self.serial
    }

    func loops(listeningTo channels: [ChannelName]) -> UInt64 {
        var loops: UInt64 = 0
        for channel in channels { loops |= self.interest[channel]?.loops ?? 0 }
        return loops
    }

    /// - Parameter remaining: subscriptions that the loop has after the change.
    mutating func changeInterest(in channel: ChannelName, onLoop loop: Int, by change: Int, remaining: Int) {
        let bit: UInt64 = 1 << UInt64(loop)
        // In place, as a popular channel changes often.
        let isHeard = { (interest: inout Interest) in
            interest.count += change
            if remaining > 0 { interest.loops |= bit } else { interest.loops &= ~bit }
            return interest.loops != 0
        }(&self.interest[channel, default: Interest()])
        if !isHeard { self.interest[channel] = nil }
    }

    /// Every channel that somebody listens to, with the number of subscriptions.
    var subscriberCounts: [(channel: ChannelName, count: Int)] {
        self.interest.map { ($0.key, $0.value.count) }
    }

    var channelCount: Int { self.interest.count }
}
