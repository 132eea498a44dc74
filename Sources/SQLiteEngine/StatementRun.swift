// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Realtime

/// One run of a prepared statement: parameters are bound from left to right, then rows are stepped through.
///
/// Goes past GRDB's own binding, which ends a text at its first NUL: two users whose ids differ after a NUL would
/// become one. Here every text is bound and read with its length. Owned by the connection that prepared the
/// statement.
struct StatementRun {
    private let statement: OpaquePointer
    private let connection: OpaquePointer
    private let sql: String
    private var parameter: Int32 = 0

    fileprivate init(_ statement: OpaquePointer, of connection: OpaquePointer, sql: String) {
        self.statement = statement
        self.connection = connection
        self.sql = sql
    }

    mutating func bind(_ value: Int64) throws {
        self.parameter += 1
        try self.check(sqlite3_bind_int64(self.statement, self.parameter, value))
    }

    mutating func bind(_ time: Timestamp) throws { try self.bind(time.milliseconds) }

    /// `nil` is NULL.
    mutating func bind(_ text: String?) throws {
        if let text { return try self.bind(text) }
        self.parameter += 1
        try self.check(sqlite3_bind_null(self.statement, self.parameter))
    }

    mutating func bind(_ text: String) throws {
        self.parameter += 1
        var text = text
        let code = text.withUTF8 { bytes in
            // A nil address would bind NULL instead of the empty text.
            guard let start = bytes.baseAddress, !bytes.isEmpty else {
                return sqlite3_bind_text64(self.statement, self.parameter, "", 0, nil, UInt8(SQLITE_UTF8))
            }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text64(
                    self.statement, self.parameter, $0, UInt64(bytes.count), Self.copied, UInt8(SQLITE_UTF8))
            }
        }
        try self.check(code)
    }

    mutating func bind(_ bytes: [UInt8]) throws {
        self.parameter += 1
        let code = bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else {
                return sqlite3_bind_zeroblob(self.statement, self.parameter, 0)
            }
            return sqlite3_bind_blob64(self.statement, self.parameter, start, UInt64(bytes.count), Self.copied)
        }
        try self.check(code)
    }

    /// - Returns: whether there is a row to read.
    func step() throws -> Bool {
        switch sqlite3_step(self.statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw self.error(code)
        }
    }

    /// Steps to the end of a statement whose rows, if any, are of no interest.
    func finish() throws {
        while try self.step() {}
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(self.statement, column) }

    func time(_ column: Int32) -> Timestamp { Timestamp(milliseconds: self.integer(column)) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(self.statement, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String { String(decoding: self.bytes(column), as: UTF8.self) }

    func blob(_ column: Int32) -> [UInt8] { Array(self.bytes(column)) }

    /// Valid until the next step.
    private func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        // In this order: asking for the pointer may convert the value and so change its length.
        let start = sqlite3_column_blob(self.statement, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(self.statement, column)))
    }

    private func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw self.error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(self.connection)),
            sql: self.sql)
    }

    /// SQLite's own mark for "copy this now" is the address -1, a macro that is not imported.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

extension Database {
    /// Lends a statement, prepared at its first use on this connection, for one run.
    func run<Value>(_ sql: String, _ body: (inout StatementRun) throws -> Value) throws -> Value {
        guard let connection = self.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        let statement = try self.cachedStatement(sql: sql)
        // Left unfinished, a statement would hold its snapshot, and with it the write-ahead log.
        defer {
            sqlite3_reset(statement.sqliteStatement)
            sqlite3_clear_bindings(statement.sqliteStatement)
        }
        var run = StatementRun(statement.sqliteStatement, of: connection, sql: sql)
        return try body(&run)
    }

    /// Runs a statement without parameters.
    func run(_ sql: String) throws {
        try self.run(sql) { try $0.finish() }
    }
}
