// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import NIOCore

/// What a session has to send and no GET has fetched. Frames are kept as they came and become packets when a GET is answered.
///
/// Frames sent with `Queueing` may be left out while they wait, as in the queue of a WebSocket: one of the same channel and key makes way
/// for a newer one, and the oldest are dropped when the limit would be passed.
struct PollingQueue {
    private struct Entry {
        var frames: ByteBuffer
        var key: Key?
        var isDroppable = false
        /// It was left out, and is empty.
        var isLeftOut = false
    }

    private struct Key: Hashable {
        var channel: UInt64
        var key: UInt64
    }

    /// Entries that were left out keep their places until they are more than these, and more than half of all.
    private static let mostLeftOutCount = 32

    /// Room for more entries than these is not kept once they are gone.
    private static let keptEntryCount = 32

    /// What an entry costs beside its bytes, roughly.
    private static let entryByteCount = 64

    private var entries = CircularBuffer<Entry>(initialCapacity: 1)
    private var leftOutCount = 0
    /// The number of the first of `entries`; the others follow it.
    private var firstNumber = 0
    /// Every droppable entry before this number is left out, or gone.
    private var oldest = 0
    /// The number of the entry that waits with a key.
    private var numbersByKey: [Key: Int] = [:]
    /// Bytes that wait, with what keeping them costs.
    private(set) var byteCount = 0
    /// Frames that were dropped and not told of.
    private(set) var lostCount = 0

    var isEmpty: Bool { self.entries.count == self.leftOutCount }

    /// Adds whole frames behind the others. False, and nothing added: there is no room and nothing to drop.
    mutating func append(_ frames: ByteBuffer, limit: Int) -> Bool {
        guard self.makeRoom(for: frames.readableBytes, limit: limit) else { return false }
        self.append(Entry(frames: Self.own(frames)))
        return true
    }

    /// The same for frames that may be left out from now on. One of them has room where nothing waits.
    mutating func append(_ frames: ByteBuffer, queueing: Queueing, limit: Int) -> Bool {
        var rest = frames
        for frame in queueing.frames {
            guard let bytes = rest.readSlice(length: frame.byteCount) else { break }
            guard self.makeRoom(for: frame.byteCount, limit: limit) || self.isEmpty else { return false }
            let key = frame.key.map { Key(channel: queueing.channel, key: $0) }
            if let key, let number = self.numbersByKey[key] { self.leaveOut(number) }
            if let key { self.numbersByKey[key] = self.firstNumber + self.entries.count }
            self.append(Entry(frames: Self.own(bytes), key: key, isDroppable: true))
        }
        return rest.readableBytes == 0 || self.append(rest, limit: limit)
    }

    private mutating func append(_ entry: Entry) {
        self.byteCount += entry.frames.readableBytes + Self.entryByteCount
        self.entries.append(entry)
    }

    /// A small part of a large buffer would keep all of it.
    private static func own(_ frames: ByteBuffer) -> ByteBuffer {
        2 * frames.readableBytes > frames.storageCapacity ? frames : ByteBuffer(bytes: frames.readableBytesView)
    }

    private mutating func makeRoom(for byteCount: Int, limit: Int) -> Bool {
        while self.byteCount + byteCount > limit {
            guard self.dropOldest() else { return self.isEmpty }
        }
        return true
    }

    private mutating func dropOldest() -> Bool {
        while self.oldest < self.firstNumber + self.entries.count {
            let number = self.oldest
            self.oldest += 1
            let entry = self.entries[self.place(number)]
            guard entry.isDroppable, !entry.isLeftOut else { continue }
            self.leaveOut(number)
            self.lostCount += 1
            return true
        }
        return false
    }

    private mutating func leaveOut(_ number: Int) {
        let place = self.place(number)
        if let key = self.entries[place].key, self.numbersByKey[key] == number { self.numbersByKey[key] = nil }
        self.byteCount -= self.entries[place].frames.readableBytes + Self.entryByteCount
        self.entries[place] = Entry(frames: ByteBuffer(), isLeftOut: true)
        self.leftOutCount += 1
        if self.leftOutCount > Self.mostLeftOutCount, self.leftOutCount > self.entries.count / 2 { self.closeGaps() }
    }

    /// Forgets the entries that were left out, which have kept their places until now.
    private mutating func closeGaps() {
        self.entries.removeAll { $0.isLeftOut }
        self.leftOutCount = 0
        self.firstNumber = 0
        self.oldest = 0
        self.numbersByKey.removeAll(keepingCapacity: true)
        for (number, entry) in self.entries.enumerated() {
            if let key = entry.key { self.numbersByKey[key] = number }
        }
    }

    private func place(_ number: Int) -> CircularBuffer<Entry>.Index {
        self.entries.index(self.entries.startIndex, offsetBy: number - self.firstNumber)
    }

    private mutating func removeFirst() {
        guard let entry = self.entries.popFirst() else { return }
        if entry.isLeftOut { self.leftOutCount -= 1 } else { self.byteCount -= Self.entryByteCount }
        if let key = entry.key, self.numbersByKey[key] == self.firstNumber { self.numbersByKey[key] = nil }
        self.firstNumber += 1
        self.oldest = max(self.oldest, self.firstNumber)
        if self.entries.isEmpty, self.entries.capacity > Self.keptEntryCount {
            self.entries = CircularBuffer(initialCapacity: 1)
            self.numbersByKey = [:]
        }
    }

    /// Takes out as much as one answer may hold; empty when nothing waits.
    mutating func takePayload() -> ByteBuffer {
        var writer = PayloadWriter()
        while !writer.isFull, !self.entries.isEmpty {
            let place = self.entries.startIndex
            let before = self.entries[place].frames.readableBytes
            writer.take(&self.entries[place].frames)
            let after = self.entries[place].frames.readableBytes
            self.byteCount -= before - after
            if after == 0 {
                self.removeFirst()
            } else {
                // A part of it is gone.
                self.entries[place].isDroppable = false
            }
        }
        return writer.payload
    }

    /// Takes out everything, in order.
    mutating func takeAll(_ body: (ByteBuffer) -> Void) {
        for entry in self.entries where entry.frames.readableBytes > 0 { body(entry.frames) }
        let lostCount = self.lostCount
        self = PollingQueue()
        self.lostCount = lostCount
    }

    /// Returns how many frames were dropped, and begins to count anew.
    mutating func takeLost() -> Int {
        let lostCount = self.lostCount
        self.lostCount = 0
        return lostCount
    }
}
