// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Where the frames lie among a queue's bytes that may be left out, oldest first. Knows places, never touches bytes.
///
/// A frame that was left out keeps its place until the queue closes the gap, so that leaving one out costs the same however
/// much waits. Places count all bytes that were in the queue since this was made.
///
/// A class, made for a slow client only, so that the queues of all others carry one pointer.
final class DroppableFrames {
    /// Frames that were not sent.
    struct LeftOut {
        /// For want of room.
        var droppedCount = 0
        /// For newer ones with their key.
        var replacedCount = 0
    }

    /// One frame's place.
    private struct Mark {
        var position: Int
        var byteCount: Int
        /// Of channel and key together; nil: it makes way for no other.
        var key: UInt64?
        var isLeftOut = false
    }

    /// The place of the first byte that waits.
    private(set) var position = 0
    /// What was left out since this was made.
    private(set) var leftOut = LeftOut()

    private var marks = CircularBuffer<Mark>()
    /// The number of the first of `marks`; the others follow it.
    private var firstNumber = 0
    /// Every mark before this number is left out, or gone.
    private var oldest = 0
    /// The number of the frame that waits with a key.
    private var numbersByKey: [UInt64: Int] = [:]
    /// Bytes that were left out and are still in the queue.
    private(set) var gapByteCount = 0
    /// Memory that waiting frames cost beside their bytes, roughly.
    private(set) var overheadByteCount = 0

    /// Notes a frame behind all others. An older one with its key is left out for it.
    ///
    /// - Parameter offset: where it begins, from the first byte that waits.
    func append(at offset: Int, byteCount: Int, key: UInt64?) {
        if let key {
            if let number = self.numbersByKey[key] {
                self.leaveOut(number)
                self.leftOut.replacedCount += 1
            }
            self.numbersByKey[key] = self.firstNumber + self.marks.count
        }
        self.marks.append(Mark(position: self.position + offset, byteCount: byteCount, key: key))
        self.overheadByteCount += Self.overhead(key)
    }

    /// Leaves out the oldest frame, if there is one.
    func dropOldest() -> Bool {
        while self.oldest < self.firstNumber + self.marks.count {
            let number = self.oldest
            self.oldest += 1
            if !self.mark(number).isLeftOut {
                self.leaveOut(number)
                self.leftOut.droppedCount += 1
                return true
            }
        }
        return false
    }

    private func leaveOut(_ number: Int) {
        let place = self.marks.index(self.marks.startIndex, offsetBy: number - self.firstNumber)
        self.marks[place].isLeftOut = true
        self.gapByteCount += self.marks[place].byteCount
        self.forget(self.marks[place], number)
    }

    /// The frame waits no longer.
    private func forget(_ mark: Mark, _ number: Int) {
        self.overheadByteCount -= Self.overhead(mark.key)
        if let key = mark.key, self.numbersByKey[key] == number { self.numbersByKey[key] = nil }
    }

    private func mark(_ number: Int) -> Mark {
        self.marks[self.marks.index(self.marks.startIndex, offsetBy: number - self.firstNumber)]
    }

    /// So many bytes have left the queue, the first of those that waited. There are no gaps.
    func passed(_ byteCount: Int) {
        self.position += byteCount
        while let mark = self.marks.first, mark.position < self.position {
            self.forget(mark, self.firstNumber)
            self.marks.removeFirst()
            self.firstNumber += 1
        }
        self.oldest = max(self.oldest, self.firstNumber)
    }

    /// The gaps close: what lies behind one moves forward.
    ///
    /// - Parameter gap: called with the offset from the first byte that waits, as it was, and the length of each, in order.
    func closeGaps(_ gap: (_ offset: Int, _ byteCount: Int) -> Void) {
        var kept = CircularBuffer<Mark>(initialCapacity: self.marks.count)
        var closed = 0
        self.numbersByKey.removeAll(keepingCapacity: true)
        for var mark in self.marks {
            guard !mark.isLeftOut else {
                gap(mark.position - self.position, mark.byteCount)
                closed += mark.byteCount
                continue
            }
            mark.position -= closed
            if let key = mark.key { self.numbersByKey[key] = kept.count }
            kept.append(mark)
        }
        self.marks = kept
        self.firstNumber = 0
        self.oldest = 0
        self.gapByteCount = 0
    }

    func forgetLeftOut() { self.leftOut = LeftOut() }

    /// Nothing waits any more; what was left out stays known.
    func clear() {
        self.marks = CircularBuffer()
        self.numbersByKey = [:]
        (self.firstNumber, self.oldest, self.gapByteCount, self.overheadByteCount) = (0, 0, 0, 0)
    }

    private static func overhead(_ key: UInt64?) -> Int {
        // A hash table is filled to three quarters at most.
        MemoryLayout<Mark>.stride + (key == nil ? 0 : 2 * MemoryLayout<(UInt64, Int)>.stride)
    }
}
