// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a database cannot be opened or read at start. The description is for the operator: what is wrong, where, what
/// to do.
package struct SQLiteEngineError: Error, Sendable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        /// The folder of the database is not there, or is no folder.
        case folderMissing
        /// The folder or the file does not take writes.
        case notWritable
        /// The file is something else: no SQLite database, or one of another program.
        case notADatabase
        /// The file is a database of ours with parts that make no sense.
        case damaged
        /// A newer Switchboard wrote the database.
        case newerSchema
        case diskFull
        /// Another process, or another engine of this one, has the database.
        case locked
        /// Anything else; the description has SQLite's own words.
        case failed
    }

    package let reason: Reason
    /// The file that was to be opened.
    package let path: String
    package let description: String

    init(_ reason: Reason, path: String, _ description: String) {
        self.reason = reason
        self.path = path
        self.description = description
    }
}
