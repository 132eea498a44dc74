// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

@testable import SQLiteEngine

/// Looks into the database behind an engine.
extension SQLiteEngine {
    func rowCount(_ table: String) throws -> Int {
        try self.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    /// What SQLite says of one of the writer's settings.
    func writerSetting(_ name: String) throws -> String? {
        try self.pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    /// Runs any SQL on the writer's connection.
    func execute(_ sql: String) throws {
        try self.pool.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    /// How SQLite carries out a statement, one line a step.
    func plan(_ sql: String) throws -> String {
        try self.pool.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN \(sql)") }
            .map { String($0["detail"] ?? "") }.joined(separator: "\n")
    }

    /// Lets the database have this many 4 KiB pages more than it has, as a disk would that is nearly full; `nil`
    /// lifts that.
    func limitGrowth(toPages pages: Int?) throws {
        try self.pool.writeWithoutTransaction { db in
            let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            // The largest number that SQLite knows.
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages.map { count + $0 } ?? 4_294_967_294)")
        }
    }
}

extension EngineFolder {
    func fileNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self.path).sorted()
    }
}
