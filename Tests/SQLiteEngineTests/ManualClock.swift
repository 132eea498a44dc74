// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Synchronization

/// A clock that stands still until it is moved. Starts at 1,000,000 ms.
final class ManualClock: WallClock {
    private let time = Mutex<Int64>(1_000_000)

    func now() -> Timestamp { Timestamp(milliseconds: self.time.withLock { $0 }) }

    func advance(milliseconds: Int64) { self.time.withLock { $0 += milliseconds } }

    /// A moment relative to now.
    func moment(in milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: self.now().milliseconds + milliseconds)
    }
}
