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

    /// What a subscription that came or went changed.
    enum Occupancy {
        /// It is the channel's first.
        case occupied
        /// It was the last.
        case vacated
    }

    private let node: UInt16
    private var last = Timestamp(milliseconds: 0)
    private var sequence: UInt16 = 0
    private var serial: UInt64 = 0
    private var interest: [ChannelName: Interest] = [:]
    /// Of the last publication that was not kept for single users alone.
    private var lastShared = Timestamp(milliseconds: 0)
    /// By the users' channels: the last time of what was kept for them, while it is no earlier than now.
    private var lastKept: [ChannelName: Timestamp] = [:]
    var histories: HistoryTable

    /// - Parameter last: the time of the last publication that was kept; those of this process come after it.
    init(node: UInt16, last: Timestamp? = nil, now: Timestamp = Timestamp(milliseconds: 0)) {
        self.node = node
        if let last { self.last = Timestamp(milliseconds: last.milliseconds &+ 1) }
        let start = max(self.last, now)
        self.histories = HistoryTable(start: Stamp(time: start, sequence: 0, node: 0).id)
    }

    /// The next publication's time and id. Time never goes back, whatever the machine's clock does (ALL-D04).
    mutating func nextStamp(_ now: Timestamp) -> Stamp {
        let stamp = self.advance(now)
        self.lastShared = stamp.time
        return stamp
    }

    /// The same for a publication that is kept for the audiences of channels: at least a millisecond after anything that
    /// its receivers were sent before, so that asking for what came since then neither loses nor repeats it (ALL-D04).
    ///
    /// - Parameter userChannels: the channels, where each belongs to one user; `nil`: others may hear it.
    mutating func nextKeptStamp(_ now: Timestamp, userChannels: [ChannelName]?) -> Stamp {
        if now > self.last { self.lastKept.removeAll(keepingCapacity: true) }
        var bound = self.lastShared
        if let userChannels {
            for channel in userChannels { bound = max(bound, self.lastKept[channel] ?? bound) }
        } else {
            bound = self.last
        }
        if bound >= max(now, self.last) {
            self.last = Timestamp(milliseconds: bound.milliseconds + 1)
            self.sequence = 0
        } else {
            _ = self.advance(now)
        }
        if let userChannels {
            for channel in userChannels { self.lastKept[channel] = self.last }
        } else {
            self.lastShared = self.last
        }
        return Stamp(time: self.last, sequence: self.sequence, node: self.node)
    }

    private mutating func advance(_ now: Timestamp) -> Stamp {
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

    /// Lets histories follow other rules.
    ///
    /// - Parameter hasMore: some channels keep one in memory that kept none before, and lack what was published until now.
    mutating func adopt(hasMore: Bool, _ rules: (ChannelName) -> ChannelRules.History?) {
        self.histories.adopt(rules)
        if hasMore {
            self.histories.raiseFloor(to: Stamp(time: self.last, sequence: self.sequence, node: self.node).id)
        }
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
    @discardableResult
    mutating func changeInterest(
        in channel: ChannelName, onLoop loop: Int, by change: Int, remaining: Int
    ) -> Occupancy? {
        let bit: UInt64 = 1 << UInt64(loop)
        // In place, as a popular channel changes often.
        let (wasHeard, isHeard) = { (interest: inout Interest) in
            let wasHeard = interest.loops != 0
            interest.count += change
            if remaining > 0 { interest.loops |= bit } else { interest.loops &= ~bit }
            return (wasHeard, interest.loops != 0)
        }(&self.interest[channel, default: Interest()])
        if !isHeard { self.interest[channel] = nil }
        if wasHeard == isHeard { return nil }
        return isHeard ? .occupied : .vacated
    }

    /// Every channel that somebody listens to, with the number of subscriptions.
    var subscriberCounts: [(channel: ChannelName, count: Int)] {
        self.interest.map { ($0.key, $0.value.count) }
    }

    var channelCount: Int { self.interest.count }
}
