// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The subscribers that one channel has on one loop, in a flat array, and the frames that they will be sent at the end of
/// this turn of the loop. Owned by the loop's hub.
///
/// A connection may end while it is sent to, and leave this channel: fan-out walks over the array as it was when it began.
final class LoopChannel {
    /// A session and its port side by side: what fan-out needs without a look at the session.
    struct Subscriber {
        let port: any OutboundPort
        let session: Session
    }

    /// Frames of one turn are joined up to this many bytes, then sent: a system call costs the same up to about
    /// 4 KB, and a longer run only keeps the first frames waiting.
    private static let runByteCount = 32 * 1024

    let name: ChannelName
    private let dialectCount: Int
    private var subscribers: [Subscriber] = []
    /// By dialect; empty while nothing waits, as most channels are silent most of the time.
    private var runs: [ByteBuffer] = []

    init(name: ChannelName, dialectCount: Int) {
        self.name = name
        self.dialectCount = dialectCount
    }

    var count: Int { self.subscribers.count }

    /// - Precondition: no run is unfinished: what was published before somebody came is not for him.
    func add(_ session: Session) -> Int {
        self.subscribers.append(Subscriber(port: session.port, session: session))
        return self.subscribers.count - 1
    }

    /// Removes the subscriber in this slot; the last one takes it.
    ///
    /// - Precondition: no run is unfinished: what was published before somebody went is for him.
    func remove(slot: Int) {
        let last = self.subscribers.removeLast()
        if slot == self.subscribers.count { return }
        self.subscribers[slot] = last
        last.session.moveSubscription(to: self, slot: slot)
    }

    /// Adds a publication that goes to this channel alone to the run.
    ///
    /// - Returns: `true` when this begins a run, which the hub then has to end.
    func join(_ delivery: Delivery) -> Bool {
        let isFirst = self.runs.isEmpty
        if isFirst {
            // Most turns bring one publication, whose bytes are then sent as they are.
            self.runs = self.frames(of: delivery, channelIndex: 0)
        } else {
            for dialect in self.runs.indices {
                self.runs[dialect].writeImmutableBuffer(delivery.frame(dialect: dialect, channelIndex: 0))
            }
        }
        guard self.runs.contains(where: { $0.readableBytes >= Self.runByteCount }) else { return isFirst }
        self.flush()
        return false
    }

    /// Sends the run to every subscriber.
    func flush() {
        guard !self.runs.isEmpty else { return }
        let (runs, subscribers) = (self.runs, self.subscribers)
        self.runs = []
        // By place, as taking a whole subscriber out of the array would count references to both of its parts.
        if runs.count == 1 {
            let run = runs[0]
            for index in subscribers.indices { subscribers[index].port.send(run) }
        } else {
            for index in subscribers.indices {
                subscribers[index].port.send(runs[subscribers[index].session.dialectIndex])
            }
        }
    }

    /// Sends a publication that goes to several channels to those who did not get it by another of them.
    ///
    /// - Returns: how many it was sent to.
    func send(_ delivery: Delivery, channelIndex: Int) -> Int {
        self.flush()
        let (frames, subscribers) = (self.frames(of: delivery, channelIndex: channelIndex), self.subscribers)
        let serial = delivery.serial
        var count = 0
        for index in subscribers.indices {
            guard let dialect = subscribers[index].session.takeTurn(serial) else { continue }
            subscribers[index].port.send(frames[dialect])
            count += 1
        }
        return count
    }

    private func frames(of delivery: Delivery, channelIndex: Int) -> [ByteBuffer] {
        (0..<self.dialectCount).map { delivery.frame(dialect: $0, channelIndex: channelIndex) }
    }
}
