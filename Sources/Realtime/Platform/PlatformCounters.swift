// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts of one platform that any thread may add to. For each publication, never for each subscriber.
package final class PlatformCounters: Sendable {
    private let publicationCount = Atomic<UInt64>(0)
    private let refusalCount = Atomic<UInt64>(0)
    private let revokedFamilyCount = Atomic<UInt64>(0)

    private let connectionCount = Atomic<Int>(0)

    func changeConnections(by change: Int) { self.connectionCount.add(change, ordering: .relaxed) }
    /// Connections that are open now, on all loops.
    package var connections: Int { self.connectionCount.load(ordering: .relaxed) }

    func countPublication() { self.publicationCount.add(1, ordering: .relaxed) }
    package func countRefusal() { self.refusalCount.add(1, ordering: .relaxed) }

    func countRevokedFamily() { self.revokedFamilyCount.add(1, ordering: .relaxed) }

    package var publications: UInt64 { self.publicationCount.load(ordering: .relaxed) }
    package var refusals: UInt64 { self.refusalCount.load(ordering: .relaxed) }
    /// Sign-ins that were revoked because an old refresh token was brought again.
    package var revokedFamilies: UInt64 { self.revokedFamilyCount.load(ordering: .relaxed) }
}
