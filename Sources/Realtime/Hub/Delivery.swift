// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore
import Synchronization

/// One publication on its way to the subscribers of every loop. Encoded; crosses each loop's border once.
struct Delivery: Sendable {
    var channels: [ChannelName]
    /// By dialect; one frame for all channels or one for each.
    var frames: [[EncodedFrame]]
    /// What enters the histories in memory in the moment of delivery; the publication's time and id are filled in then.
    var kept: [(publication: StoredPublication, rules: ChannelRules.History)] = []
    /// The id and time were given when it took its place among the commits.
    var stamp: Stamp?
    /// By channel, what `ChannelRules.SlowPolicy.conflate` compares; empty where no channel does. See ``Queueing``.
    var conflationKeys: [UInt64?] = []
    /// This user's connections do not get it.
    var except: UserID?
    /// The channels that stand for others, by their place, with those of `channels` that each stands for; mostly empty.
    var wildcards: [(index: Int, names: [ChannelName])] = []
    /// The connections that it reaches end so many milliseconds later; `nil`: they stay.
    var endsConnectionsAfter: Int64?
    /// Above those of all earlier deliveries of the platform.
    var serial: UInt64 = 0
    var publishedAt: NIODeadline
    /// Told how many connections it reached.
    var tally: Tally?

    func frame(dialect: Int, channelIndex: Int) -> ByteBuffer {
        // A platform that has got another dialect since it was encoded has it in the first one.
        let frames = self.frames[dialect < self.frames.count ? dialect : 0]
        return frames.count == 1 ? frames[0].bytes : frames[channelIndex].bytes
    }

    func conflationKey(channelIndex: Int) -> UInt64? {
        self.conflationKeys.isEmpty ? nil : self.conflationKeys[channelIndex]
    }

    /// Adds up the receivers of all loops; the last loop to report completes it.
    final class Tally: Sendable {
        private let waiting: Atomic<Int>
        private let receivers = Atomic<Int>(0)
        private let completion: @Sendable (Int) -> Void

        init(loops: Int, completion: @escaping @Sendable (Int) -> Void) {
            self.waiting = Atomic(loops)
            self.completion = completion
        }

        func report(_ count: Int) {
            self.receivers.add(count, ordering: .relaxed)
            let rest = self.waiting.subtract(1, ordering: .acquiringAndReleasing).newValue
            if rest == 0 { self.completion(self.receivers.load(ordering: .relaxed)) }
        }
    }
}
