// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import SQLiteEngine
import Testing

/// The engines that must mean the same.
enum EngineKind: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqlite

    /// An empty one, with the folder's clock if it has one.
    func open(in folder: EngineFolder) throws -> any Engine {
        switch self {
        case .memory: MemoryEngine()
        case .sqlite: try folder.open()
        }
    }

    var testDescription: String { self.rawValue }
}
