// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContractCode
import Server

/// `switchboard generate typescript`.
struct GenerateTypeScript: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "typescript",
        abstract: "Write a TypeScript module: types of events and commands, channels, error codes, connect.",
        discussion: """
            The module needs the package switchboard-client and nothing else.

              switchboard generate typescript Contracts/rangkai.yaml --output src/rangkai.ts
              switchboard generate typescript Contracts/rangkai.yaml --output src/rangkai.ts --check

            Exit code 1: the contract has faults, the file cannot be written, or with --check it is not what would be written.
            """)

    @OptionGroup var options: GenerateOptions

    func run() throws {
        try self.options.run { outline in
            var writer = TypeScriptWriter(outline, version: Server.version)
            return writer.text()
        }
    }
}
