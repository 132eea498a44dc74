// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The moments of what was counted in the last stretch of time: exact in any stretch, at 8 bytes for each.
struct ExactWindow: Sendable {
    /// Oldest first; those before `start` are gone.
    private var moments: [Int64] = []
    private var start = 0

    var count: Int { self.moments.count - self.start }

    /// Forgets what lies a window or more behind.
    ///
    /// - Parameter now: milliseconds, here and below.
    mutating func forget(at now: Int64, window: Int64) {
        while self.start < self.moments.count, now - self.moments[self.start] >= window { self.start += 1 }
        // A moment is moved once for each time that it outlived as many others.
        if self.start > 32, self.start * 2 > self.moments.count {
            self.moments.removeFirst(self.start)
            self.start = 0
        }
    }

    /// - Returns: the moment that is noted, which ``takeBack(_:)`` knows it by.
    @discardableResult
    mutating func add(_ now: Int64) -> Int64 {
        // Threads see clocks differently by less than a turn.
        let moment = max(now, self.moments.last ?? now)
        self.moments.append(moment)
        return moment
    }

    /// Takes back the last one of this moment, or nothing.
    mutating func takeBack(_ moment: Int64) {
        guard let index = self.moments[self.start...].lastIndex(of: moment) else { return }
        self.moments.remove(at: index)
    }

    /// Milliseconds until the oldest is gone; 0: there is none.
    func untilOldestGoes(at now: Int64, window: Int64) -> Int64 {
        self.count > 0 ? max(self.moments[self.start] + window - now, 1) : 0
    }
}
