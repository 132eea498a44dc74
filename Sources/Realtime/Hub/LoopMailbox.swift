// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What waits for one loop. Filled by any loop, under the platform's lock; emptied by its own.
final class LoopMailbox: Sendable {
    /// In one line, so that every loop meets publications and lost rights in one order.
    enum Item: Sendable {
        case delivery(Delivery)
        /// These users may have lost a right: what comes behind this may not be for them.
        case recheck(Set<UserID>)
        /// The same of the connections without a user that are subscribed to the channel.
        case recheckWithoutUser(ChannelName)
        /// The channel has lost its record: nobody is subscribed to it any more.
        case endSubscriptions(ChannelName)
        /// What comes behind this is delivered under these rules.
        case adopt(PlatformRules)
    }

    private let waiting = Mutex<[Item]>([])

    /// - Returns: whether the loop has to be woken.
    func append(_ item: Item) -> Bool {
        self.waiting.withLock { waiting in
            waiting.append(item)
            return waiting.count == 1
        }
    }

    var isEmpty: Bool { self.waiting.withLock { $0.isEmpty } }

    /// Everything that waits, in order, in exchange for an empty array whose memory is used for what comes next.
    func exchange(_ empty: consuming [Item]) -> [Item] {
        self.waiting.withLock { waiting in
            let taken = waiting
            waiting = empty
            return taken
        }
    }
}
