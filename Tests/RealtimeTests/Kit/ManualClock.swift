// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Synchronization

/// A wall clock that stands still until it is moved.
final class ManualClock: WallClock {
    private let time: Mutex<Timestamp>

    /// 2025-11-05T12:00:00.000Z.
    static let start = Timestamp(milliseconds: 1_762_344_000_000)

    init(_ start: Timestamp = ManualClock.start) { self.time = Mutex(start) }

    func now() -> Timestamp { self.time.withLock { $0 } }

    func set(_ time: Timestamp) { self.time.withLock { $0 = time } }

    func advance(milliseconds: Int64) { self.time.withLock { $0.milliseconds += milliseconds } }
}
