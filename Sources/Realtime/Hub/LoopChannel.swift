// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The subscribers that one channel has on one loop, in a flat array, and the frames that they will be sent at the end of
/// this turn of the loop. Owned by the loop's hub.
final class LoopChannel {
    struct Subscriber {
        let port: any OutboundPort
        unowned let session: Session
    }

    /// Frames of one turn are joined up to this many bytes, then sent: a system call costs the same up to about
    /// 4 KB, and a longer run only keeps the first frames waiting.
    private static let runByteCount = 32 * 1024

    let name: ChannelName
    private var subscribers: [Subscriber] = []
    /// By dialect.
    private var runs: [ByteBuffer]
    /// Frames in the runs.
    private(set) var runLength = 0

    init(name: ChannelName, dialectCount: Int) {
        self.name = name
        self.runs = Array(repeating: ByteBuffer(), count: dialectCount)
    }

    var count: Int { self.subscribers.count }

    func add(_ session: Session) -> Int {
        // What was published before somebody came is not for him.
        self.flush()
        self.subscribers.append(Subscriber(port: session.port, session: session))
        return self.subscribers.count - 1
    }

    /// Removes the subscriber in this slot; the last one takes it.
    func remove(slot: Int) {
        self.flush()
        let last = self.subscribers.count - 1
        if slot != last {
            self.subscribers[slot] = self.subscribers[last]
            self.subscribers[slot].session.moveSubscription(to: self, slot: slot)
        }
        self.subscribers.removeLast()
    }

    /// Adds a publication that goes to this channel alone to the run.
    ///
    /// - Returns: `true` when this begins a run, which the hub then has to end.
    func join(_ delivery: Delivery) -> Bool {
        self.runLength += 1
        var isFull = false
        for dialect in self.runs.indices {
            let frame = delivery.frame(dialect: dialect, channelIndex: 0)
            if self.runLength == 1 {
                // Most turns bring one publication, whose bytes are then sent as they are.
                self.runs[dialect] = frame
            } else {
                self.runs[dialect].writeImmutableBuffer(frame)
            }
            isFull = isFull || self.runs[dialect].readableBytes >= Self.runByteCount
        }
        if isFull { self.flush() }
        return self.runLength == 1
    }

    /// Sends the run to every subscriber.
    func flush() {
        guard self.runLength > 0 else { return }
        self.runLength = 0
        if self.runs.count == 1 {
            let run = self.runs[0]
            self.runs[0] = ByteBuffer()
            for subscriber in self.subscribers { subscriber.port.send(run) }
            return
        }
        let runs = self.runs
        for dialect in self.runs.indices { self.runs[dialect] = ByteBuffer() }
        for subscriber in self.subscribers { subscriber.port.send(runs[subscriber.session.dialectIndex]) }
    }

    /// Sends a publication that goes to several channels to those who did not get it by another of them.
    ///
    /// - Returns: how many it was sent to.
    func send(_ delivery: Delivery, channelIndex: Int) -> Int {
        self.flush()
        var count = 0
        let frames = self.runs.indices.map { delivery.frame(dialect: $0, channelIndex: channelIndex) }
        for subscriber in self.subscribers where subscriber.session.lastSerial < delivery.serial {
            subscriber.session.lastSerial = delivery.serial
            subscriber.port.send(frames[subscriber.session.dialectIndex])
            count += 1
        }
        return count
    }
}
