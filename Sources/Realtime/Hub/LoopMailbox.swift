// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Deliveries that wait for one loop. Filled by any loop, under the platform's lock; emptied by its own.
final class LoopMailbox: Sendable {
    private let waiting = Mutex<[Delivery]>([])

    /// - Returns: whether the loop has to be woken.
    func append(_ delivery: Delivery) -> Bool {
        self.waiting.withLock { waiting in
            waiting.append(delivery)
            return waiting.count == 1
        }
    }

    /// Everything that waits, in order, in exchange for an empty array whose memory is used for what comes next.
    func exchange(_ empty: consuming [Delivery]) -> [Delivery] {
        self.waiting.withLock { waiting in
            let taken = waiting
            waiting = empty
            return taken
        }
    }
}
