// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The bounds of one ``SQLiteEngine``. Values below 1 count as 1.
package struct SQLiteEngineConfiguration: Sendable {
    /// Commits that wait for the disk, in number. Past it a commit is answered `storageUnavailable` at once.
    /// 16,384 is about half a second of full load (25,000 to 37,000 commits a second on a virtual disk).
    package var maximumQueuedCommits = 16_384
    /// The same in bytes of what the commits carry. A larger single commit is never taken.
    package var maximumQueuedByteCount = 64 * 1024 * 1024
    /// Commits that share one transaction, and so one wait for the disk.
    package var maximumGroupCommits = 1024
    /// Bytes that share one transaction; a larger single commit gets a transaction of its own.
    package var maximumGroupByteCount = 8 * 1024 * 1024
    /// The largest single value (record, payload, answer), in bytes; at least 65,536. A commit with a larger one
    /// fails alone.
    package var maximumValueByteCount = 64 * 1024 * 1024
    /// Connections that read history side by side.
    package var maximumReaderCount = 4
    /// Reads of history that wait or are under way. Past it a read is answered `storageUnavailable` at once.
    package var maximumQueuedReads = 4096
    /// How long a commit waits for another program (a backup, the `sqlite3` shell) to let go of the database.
    package var busyTimeout = Duration.seconds(5)
    /// Pages (4 KiB each) of the write-ahead log after which it is copied into the database file. SQLite's own 1,000
    /// makes that pause four times as frequent; a log of 16 MiB is still read in well under a second at start.
    package var checkpointPageCount = 4096

    package init() {}
}
