// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
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
    private var dialectCount: Int
    /// Tells the channel's frames from others in the queues of its loop; nil: none of them may be left out.
    private var queueNumber: UInt64?
    /// Set where it is counted who is online.
    var presence: ChannelPresenceRules?
    /// The platform's backend is told who subscribes here.
    var isToldOf = false
    /// The backend may be asked who may subscribe here.
    var isAskedFor = false
    private var subscribers: [Subscriber] = []
    /// By dialect; empty while nothing waits, as most channels are silent most of the time.
    private var runs: [ByteBuffer] = []
    /// By dialect, the frames of the run; empty in a channel whose frames all have to arrive.
    private var queueings: [Queueing] = []
    /// In a channel that stands for others: by their names, the subscribers who left them. Rare, and looked at once a publication.
    private var exceptions: [ChannelName: [ObjectIdentifier: Session]] = [:]
    /// The second of the hub's clock in which something was sent last, where somebody wants to know.
    var deliverySecond: UInt32 = 0

    /// - Parameter queueNumber: where slow subscribers may miss frames, a number that no other channel of the loop has or had.
    init(name: ChannelName, dialectCount: Int, queueNumber: UInt64? = nil) {
        self.name = name
        self.dialectCount = dialectCount
        self.queueNumber = queueNumber
    }

    var count: Int { self.subscribers.count }

    var sessions: [Session] { self.subscribers.map(\.session) }

    /// From now on, for frames that are not in the run yet: see `init`. Ends the run first.
    func setTerms(dialectCount: Int, queueNumber: UInt64?) {
        self.flush()
        self.dialectCount = dialectCount
        self.queueNumber = queueNumber
    }

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

    // MARK: Exceptions

    var hasExceptions: Bool { !self.exceptions.isEmpty }

    func except(_ session: Session, from name: ChannelName) {
        self.exceptions[name, default: [:]][ObjectIdentifier(session)] = session
    }

    /// - Returns: whether the session had left the channel of this name.
    @discardableResult
    func includeAgain(_ session: Session, in name: ChannelName) -> Bool {
        guard var sessions = self.exceptions.removeValue(forKey: name) else { return false }
        let wasException = sessions.removeValue(forKey: ObjectIdentifier(session)) != nil
        if !sessions.isEmpty { self.exceptions[name] = sessions }
        return wasException
    }

    /// Lets those go without a publication who left each of the channels for which this one stands here.
    func passOver(_ names: [ChannelName], serial: UInt64) {
        guard !self.exceptions.isEmpty, let first = names.first, let sessions = self.exceptions[first] else { return }
        for (id, session) in sessions where names.dropFirst().allSatisfy({ self.exceptions[$0]?[id] != nil }) {
            _ = session.takeTurn(serial)
        }
    }

    // MARK: Fan-out

    /// Adds a publication that goes to this channel alone to the run.
    ///
    /// - Returns: `true` when this begins a run, which the hub then has to end.
    func join(_ delivery: Delivery) -> Bool {
        let isFirst = self.runs.isEmpty
        if self.queueNumber != nil { self.note(delivery) }
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
        let (runs, queueings) = (self.runs, self.queueings)
        self.runs = []
        self.queueings = []
        self.send(runs, queueings)
    }

    /// - Parameter queueings: one for each of `runs`, or none.
    private func send(_ runs: [ByteBuffer], _ queueings: [Queueing]) {
        let subscribers = self.subscribers
        // By place, as taking a whole subscriber out of the array would count references to both of its parts.
        switch (runs.count, queueings.isEmpty) {
        case (1, true):
            let run = runs[0]
            for index in subscribers.indices { subscribers[index].port.send(run) }
        case (_, true):
            for index in subscribers.indices {
                subscribers[index].port.send(runs[subscribers[index].session.dialectIndex])
            }
        case (_, false):
            for index in subscribers.indices {
                let dialect = runs.count == 1 ? 0 : subscribers[index].session.dialectIndex
                subscribers[index].port.send(runs[dialect], queueing: queueings[dialect])
            }
        }
    }

    /// Notes the frames of a publication that joins the run.
    private func note(_ delivery: Delivery) {
        if self.queueings.isEmpty { self.queueings = self.emptyQueueings }
        let key = delivery.conflationKey(channelIndex: 0)
        for dialect in self.queueings.indices {
            let byteCount = delivery.frame(dialect: dialect, channelIndex: 0).readableBytes
            self.queueings[dialect].frames.append(Queueing.Frame(byteCount: byteCount, key: key))
        }
    }

    private var emptyQueueings: [Queueing] {
        guard let queueNumber = self.queueNumber else { return [] }
        return Array(repeating: Queueing(channel: queueNumber, frames: []), count: self.dialectCount)
    }

    /// Sends a publication that goes to several channels to those who did not get it by another of them.
    ///
    /// - Returns: how many it was sent to.
    func send(_ delivery: Delivery, channelIndex: Int) -> Int {
        self.flush()
        let (frames, subscribers) = (self.frames(of: delivery, channelIndex: channelIndex), self.subscribers)
        var queueings = self.emptyQueueings
        for dialect in queueings.indices {
            let key = delivery.conflationKey(channelIndex: channelIndex)
            queueings[dialect].frames = [Queueing.Frame(byteCount: frames[dialect].readableBytes, key: key)]
        }
        let serial = delivery.serial
        var count = 0
        for index in subscribers.indices {
            guard let wanted = subscribers[index].session.takeTurn(serial) else { continue }
            // A connection may be of a contract that had more dialects.
            let dialect = wanted < frames.count ? wanted : 0
            if queueings.isEmpty {
                subscribers[index].port.send(frames[dialect])
            } else {
                subscribers[index].port.send(frames[dialect], queueing: queueings[dialect])
            }
            count += 1
        }
        return count
    }

    private func frames(of delivery: Delivery, channelIndex: Int) -> [ByteBuffer] {
        (0..<self.dialectCount).map { delivery.frame(dialect: $0, channelIndex: channelIndex) }
    }
}
