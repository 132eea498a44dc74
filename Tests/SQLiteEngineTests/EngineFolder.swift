// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime
import SQLiteEngine
import Synchronization

/// A folder of its own for one test's database, deleted with the test. Collects what engines log.
final class EngineFolder: Sendable {
    let path: String
    let clock = ManualClock()
    private let lines = Mutex<[String]>([])

    init() throws {
        self.path = NSTemporaryDirectory() + "/switchboard-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    var database: String { self.path + "/platform.db" }

    var log: [String] { self.lines.withLock { $0 } }

    func open(_ configuration: SQLiteEngineConfiguration = SQLiteEngineConfiguration()) throws -> SQLiteEngine {
        try SQLiteEngine(path: self.database, configuration: configuration, clock: self.clock) { [weak self] _, line in
            self?.lines.withLock { $0.append(line) }
        }
    }

    /// Opens the database anew and returns what it kept.
    func reload() throws -> EngineState {
        let engine = try self.open()
        defer { engine.close() }
        return try engine.load()
    }
}
