// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Numbers for connections, and for whatever else sessions send to: no two of this process are the same. Owned by one loop.
package struct ConnectionNumbers {
    /// Counts the sources of numbers of this process.
    private static let sourceCount = Atomic<UInt64>(0)

    private let source: UInt64
    private var count: UInt64 = 0

    package init() { self.source = Self.sourceCount.wrappingAdd(1, ordering: .relaxed).newValue }

    /// 24 bits of source, 40 of count.
    package mutating func next() -> UInt64 {
        self.count &+= 1
        return self.source << 40 | (self.count & 0xFF_FFFF_FFFF)
    }
}
