// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What a platform needs to reach its apps, which whoever serves it lends. Threads: any.
package final class AppServices: Sendable {
    private let lent = Mutex<(any AppCalls)?>(nil)

    init() {}

    /// `nil`: nobody brings calls to apps.
    package var calls: (any AppCalls)? { self.lent.withLock { $0 } }

    package func exchange(_ calls: (any AppCalls)?) { self.lent.withLock { $0 = calls } }
}
