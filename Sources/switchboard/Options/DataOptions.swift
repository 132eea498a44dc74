// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Server

/// Where a server keeps its data: the secrets that it made are there.
struct DataOptions: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: "The folder that the server keeps its data in. (default: $SWITCHBOARD_DATA, else data)")
    var folder: String?

    var path: String { self.folder ?? ProcessInfo.processInfo.environment["SWITCHBOARD_DATA"] ?? "data" }

    /// Contracts as the server that keeps its data there reads them: with the secrets that it made.
    func contracts() throws -> Contracts {
        Contracts(
            environment: ProcessInfo.processInfo.environment, secrets: try DataFolder.secrets(in: self.path))
    }
}
