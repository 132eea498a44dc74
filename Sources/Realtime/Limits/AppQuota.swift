// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an app may still publish, under the limit that leaves it the least.
package struct AppQuota: Sendable, Equatable {
    package var limit: Int
    package var remaining: Int
    /// Milliseconds until there is room for one more than now; 0: nothing is counted.
    package var reset: Int64

    /// Whole seconds, rounded up.
    package var resetSeconds: Int64 { self.reset / 1000 + (self.reset % 1000 > 0 ? 1 : 0) }

    static func smaller(_ a: AppQuota?, _ b: AppQuota) -> AppQuota {
        guard let a else { return b }
        return (a.remaining, -a.reset) <= (b.remaining, -b.reset) ? a : b
    }
}
