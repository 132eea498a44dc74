// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How many connections each user or address has at this moment, over all loops. Those who have none are not in it.
final class ConnectionCounts: Sendable {
    private let counts = Mutex<[LimitOwner: Int]>([:])

    /// Counts one more, unless there are `limit` already.
    func enter(_ owner: LimitOwner, limit: Int) -> Bool {
        self.counts.withLock { counts in
            let count = counts[owner] ?? 0
            guard count < limit else { return false }
            counts[owner] = count + 1
            return true
        }
    }

    /// Gives back what `enter` counted.
    func leave(_ owner: LimitOwner) {
        self.counts.withLock { counts in
            guard let count = counts[owner] else { return }
            counts[owner] = count > 1 ? count - 1 : nil
        }
    }

    subscript(owner: LimitOwner) -> Int { self.counts.withLock { $0[owner] ?? 0 } }

    var isEmpty: Bool { self.counts.withLock { $0.isEmpty } }
}
