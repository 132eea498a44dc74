// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The ids seen last, up to a number.
struct RecentIDs {
    private let limit: Int
    private var known: Set<String> = []
    private var order = CircularBuffer<String>()

    init(limit: Int) { self.limit = max(0, limit) }

    /// - Returns: whether it is among those seen last; from now on it is.
    mutating func isKnown(_ id: String) -> Bool {
        guard self.limit > 0 else { return false }
        guard self.known.insert(id).inserted else { return true }
        if self.order.count >= self.limit { self.known.remove(self.order.removeFirst()) }
        self.order.append(id)
        return false
    }
}
