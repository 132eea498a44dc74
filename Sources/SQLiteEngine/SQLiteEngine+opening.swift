// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GRDBSQLite

/// Opens databases, and says in an operator's words what is in the way.
extension SQLiteEngine {
    /// The database at `path`, created if it is not there, brought up to the present schema.
    ///
    /// Nothing is changed before it is known that the file is ours and not newer than we are.
    static func openPool(
        at path: String,
        configuration: SQLiteEngineConfiguration
    ) throws(SQLiteEngineError) -> DatabasePool {
        var settings = Configuration()
        settings.foreignKeysEnabled = false
        settings.label = "SQLiteEngine"
        let (seconds, attoseconds) = configuration.busyTimeout.components
        settings.busyMode = .timeout(max(0, TimeInterval(seconds) + TimeInterval(attoseconds) / 1e18))
        settings.maximumReaderCount = max(1, configuration.maximumReaderCount)
        // A transaction that a failing disk left open is ended by the writer; GRDB would end the process.
        settings.allowsUnsafeTransactions = true
        do {
            let probe = try DatabaseQueue(path: path, configuration: settings)
            try probe.read { db in try Self.checkOwner(db, path: path) }
            try probe.close()
            let pool = try DatabasePool(path: path, configuration: settings)
            try pool.writeWithoutTransaction { db in
                // GRDB sets NORMAL for a write-ahead log, with which a power loss takes the last commits.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try db.execute(sql: "PRAGMA wal_autocheckpoint = \(max(1, configuration.checkpointPageCount))")
                try db.execute(sql: "PRAGMA journal_size_limit = \(64 * 1024 * 1024)")
                try db.execute(sql: "PRAGMA temp_store = MEMORY")
            }
            try Schema.migrator.migrate(pool)
            pool.writeWithoutTransaction { db in
                let limit = Int32(clamping: max(65_536, configuration.maximumValueByteCount))
                sqlite3_limit(db.sqliteConnection, SQLITE_LIMIT_LENGTH, limit)
            }
            return pool
        } catch {
            throw Self.explain(error, path: path)
        }
    }

    /// Refuses a database of another program, and one of a newer version of this one.
    private static func checkOwner(_ db: Database, path: String) throws {
        let applicationID = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tableCount = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        // No tables: nothing was written yet, or the disk was full when we began.
        guard tableCount > 0 else { return }
        guard applicationID == Schema.applicationID else {
            throw SQLiteEngineError(
                .notADatabase, path: path,
                "\(path) is a database of another program; choose another data folder, or move the file away")
        }
        guard try !Schema.migrator.hasBeenSuperseded(db) else {
            throw SQLiteEngineError(
                .newerSchema, path: path,
                """
                \(path) was written by a newer version of Switchboard; run that version or a later one, or restore a \
                backup from before the upgrade
                """)
        }
    }

    /// Turns whatever was thrown into what the operator can do about it.
    static func explain(_ error: any Error, path: String) -> SQLiteEngineError {
        if let error = error as? SQLiteEngineError { return error }
        guard let error = error as? DatabaseError else {
            return SQLiteEngineError(.failed, path: path, "cannot open \(path): \(error)")
        }
        switch error.resultCode {
        case .SQLITE_NOTADB:
            return SQLiteEngineError(
                .notADatabase, path: path,
                "\(path) is not an SQLite database; choose another data folder, or move the file away")
        case .SQLITE_CORRUPT:
            return SQLiteEngineError(
                .damaged, path: path,
                """
                \(path) is damaged (\(error)); restore a backup, or save what is left with \
                `sqlite3 \(path) .recover | sqlite3 new.db`
                """)
        case .SQLITE_FULL:
            return SQLiteEngineError(
                .diskFull, path: path, "no space is left to open \(path); free some space on its disk")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return SQLiteEngineError(
                .notWritable, path: path,
                "\(path) cannot be written; give the server's user write access to it and its folder")
        case .SQLITE_CANTOPEN:
            return SQLiteEngineError(
                .notWritable, path: path,
                "\(path) cannot be opened (\(error)); give the server's user read and write access to it and its folder"
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return SQLiteEngineError(
                .locked, path: path, "\(path) is being used by another program; end it and start again")
        default:
            return SQLiteEngineError(.failed, path: path, "cannot open \(path): \(error)")
        }
    }

    /// Refuses what no database can be at, before anything is created.
    ///
    /// - Returns: the path to open: SQLite gives meanings of its own to `:memory:`, `file:` and the empty path,
    ///   which an
    ///   absolute one cannot have.
    static func checkedPath(_ path: String) throws(SQLiteEngineError) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw SQLiteEngineError(.folderMissing, path: path, "the path of the database is empty or has a NUL in it")
        }
        let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        let folder = absolute.prefix(through: absolute.lastIndex(of: "/") ?? absolute.startIndex)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: String(folder), isDirectory: &isFolder), isFolder.boolValue else {
            throw SQLiteEngineError(
                .folderMissing, path: path,
                "\(folder) is not a folder that exists; create it, or choose another data folder")
        }
        if FileManager.default.fileExists(atPath: absolute, isDirectory: &isFolder), isFolder.boolValue {
            throw SQLiteEngineError(
                .notADatabase, path: path, "\(path) is a folder; name the file in which the database is to be")
        }
        return absolute
    }
}
