// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder that is there as long as the object.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "switchboard-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: false) }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    /// Writes a file in the folder and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        let file = "\(self.path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }
}
