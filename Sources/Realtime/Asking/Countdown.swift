// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Calls somebody once so many steps were taken, on the thread of the last. Threads: any.
final class Countdown: Sendable {
    private let missing: Mutex<Int>
    private let completion: @Sendable () -> Void

    /// - Parameter count: above 0.
    init(from count: Int, _ completion: @escaping @Sendable () -> Void) {
        self.missing = Mutex(count)
        self.completion = completion
    }

    @Sendable func step() {
        let isLast = self.missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { self.completion() }
    }
}
