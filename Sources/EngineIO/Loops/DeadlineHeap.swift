// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The sessions of one loop by their deadlines, the earliest first. Each is in it at most once and knows its place, so that moving a
/// deadline costs a few steps and no memory.
struct DeadlineHeap {
    private var sessions: [EngineSession] = []

    var first: EngineSession? { self.sessions.first }

    /// Puts a session where its deadline belongs, whether it is in the heap or not.
    mutating func update(_ session: EngineSession) {
        if session.placeInHeap < 0 {
            session.placeInHeap = self.sessions.count
            self.sessions.append(session)
        }
        self.siftUp(from: session.placeInHeap)
        self.siftDown(from: session.placeInHeap)
    }

    /// Nothing happens to one that is not in the heap.
    mutating func remove(_ session: EngineSession) {
        let place = session.placeInHeap
        guard self.sessions.indices.contains(place), self.sessions[place] === session else { return }
        session.placeInHeap = -1
        let last = self.sessions.removeLast()
        guard last !== session else { return }
        self.sessions[place] = last
        last.placeInHeap = place
        self.update(last)
    }

    private mutating func siftUp(from start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard self.sessions[place].deadline < self.sessions[parent].deadline else { return }
            self.swap(place, parent)
            place = parent
        }
    }

    private mutating func siftDown(from start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < self.sessions.count {
                if self.sessions[child].deadline < self.sessions[least].deadline { least = child }
            }
            guard least != place else { return }
            self.swap(place, least)
            place = least
        }
    }

    private mutating func swap(_ first: Int, _ second: Int) {
        self.sessions.swapAt(first, second)
        self.sessions[first].placeInHeap = first
        self.sessions[second].placeInHeap = second
    }
}
