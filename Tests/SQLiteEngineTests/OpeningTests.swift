// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Realtime
import SQLiteEngine
import Testing

@Suite struct OpeningTests {
    private let folder: EngineFolder

    init() throws { self.folder = try EngineFolder() }

    private func refusal(at path: String) -> SQLiteEngineError? {
        do {
            try SQLiteEngine(path: path) { _, _ in }.close()
            return nil
        } catch {
            return error
        }
    }

    private func makeDatabase(_ sql: String) throws {
        let queue = try DatabaseQueue(path: self.folder.database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test func `a folder that is missing, or is a file, is told with what to do`() throws {
        try Data().write(to: URL(fileURLWithPath: self.folder.path + "/file"))
        for name in ["missing/platform.db", "file/platform.db"] {
            let error = try #require(self.refusal(at: self.folder.path + "/" + name))
            #expect(error.reason == .folderMissing)
            #expect(error.description.contains(self.folder.path) && error.description.contains("create it"))
        }
        #expect(self.refusal(at: "")?.reason == .folderMissing)
        #expect(self.refusal(at: self.folder.path + "/a\0b")?.reason == .folderMissing)
    }

    @Test func `a path that is a folder is told`() {
        #expect(self.refusal(at: self.folder.path)?.reason == .notADatabase)
    }

    // Not even root creates files in sysfs.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/sys/kernel"), "no sysfs here"))
    func `a folder that cannot be written is told with what to do`() throws {
        let error = try #require(self.refusal(at: "/sys/kernel/platform.db"))
        #expect(error.reason == .notWritable)
        #expect(error.description.contains("/sys/kernel/platform.db") && error.description.contains("write access"))
    }

    @Test func `a file that is no database is refused and left as it was`() throws {
        let garbage = Data(String(repeating: "not a database at all\n", count: 500).utf8)
        try garbage.write(to: URL(fileURLWithPath: self.folder.database))
        let error = try #require(self.refusal(at: self.folder.database))
        #expect(error.reason == .notADatabase)
        #expect(error.description.contains("not an SQLite database"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: self.folder.database)) == garbage)
    }

    @Test func `a database of another program is refused and left as it was`() throws {
        try self.makeDatabase("CREATE TABLE customers (id)")
        let before = try Data(contentsOf: URL(fileURLWithPath: self.folder.database))
        let error = try #require(self.refusal(at: self.folder.database))
        #expect(error.reason == .notADatabase)
        #expect(error.description.contains("another program"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: self.folder.database)) == before)
    }

    @Test func `an empty file becomes a database`() throws {
        try Data().write(to: URL(fileURLWithPath: self.folder.database))
        #expect(self.refusal(at: self.folder.database) == nil)
    }

    @Test func `a database of a newer version is refused with what to do`() throws {
        try self.folder.open().close()
        try self.makeDatabase("INSERT INTO grdb_migrations VALUES ('999 later')")
        let error = try #require(self.refusal(at: self.folder.database))
        #expect(error.reason == .newerSchema)
        #expect(error.description.contains("newer version"))
    }

    @Test func `a second engine is kept out until the first has closed`() throws {
        let first = try self.folder.open()
        let error = try #require(self.refusal(at: self.folder.database))
        #expect(error.reason == .locked)
        #expect(error.description.contains("process \(ProcessInfo.processInfo.processIdentifier)"))
        first.close()
        #expect(self.refusal(at: self.folder.database) == nil)
    }

    @Test func `a failed opening lets go of the lock`() throws {
        try Data("garbage that is longer than nothing".utf8).write(to: URL(fileURLWithPath: self.folder.database))
        #expect(self.refusal(at: self.folder.database)?.reason == .notADatabase)
        try FileManager.default.removeItem(atPath: self.folder.database)
        #expect(self.refusal(at: self.folder.database) == nil)
    }

    @Test func `a database with damaged pages is told when it is read`() async throws {
        let engine = try self.folder.open()
        for number in 0..<200 {
            try await engine.keep(.setRecord(channel: "r\(number)", record: [UInt8](repeating: 7, count: 1000)))
        }
        engine.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: self.folder.database))
        // The first pages hold the schema, which has to be good for there to be anything to read.
        let size = try file.seekToEnd()
        for page in stride(from: UInt64(4096 * 40), to: size, by: 4096) {
            try file.seek(toOffset: page)
            try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
        }
        try file.close()
        let damaged = try self.folder.open()
        let error = #expect(throws: SQLiteEngineError.self) { try damaged.load() }
        #expect(error?.reason == .damaged)
        #expect(error?.description.contains("restore a backup") == true)
        damaged.close()
    }

    @Test func `rows that name no possible channel are left out and told`() throws {
        let engine = try self.folder.open()
        try engine.execute("INSERT INTO records VALUES ('', x'00'), (char(10), x'00'), ('good', x'01')")
        #expect(try engine.load().records == ["good": [1]])
        engine.close()
        #expect(self.folder.log.count == 1 && self.folder.log[0].contains("2 rows"), "\(self.folder.log)")
    }
}
