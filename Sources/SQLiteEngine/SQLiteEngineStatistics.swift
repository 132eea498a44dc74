// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an engine has done since it was opened, for metrics. Counters only rise.
package struct SQLiteEngineStatistics: Sendable, Equatable {
    /// Transactions that reached the disk. Each carries one or more commits.
    package var transactions: UInt64 = 0
    /// Commits that were kept, duplicates and idempotency conflicts included.
    package var commits: UInt64 = 0
    /// Commits that were refused, or failed on the way.
    package var failures: UInt64 = 0
    /// Commits that wait or are under way now.
    package var queuedCommits = 0
    /// The same in bytes of what they carry.
    package var queuedByteCount = 0
    /// From the start of the last transaction that was kept to the end of its wait for the disk.
    package var lastTransactionDuration = Duration.zero
    /// Size of the database file with its write-ahead log, in bytes.
    package var databaseByteCount: UInt64 = 0

    package init() {}
}
