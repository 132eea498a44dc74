// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContractCode
import Server

/// `switchboard generate swift`.
struct GenerateSwift: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swift",
        abstract: "Write a Swift file: types of events and commands, channels, error codes, the dialect.",
        discussion: """
            The file needs the library SwitchboardClient and nothing else.

              switchboard generate swift Contracts/rangkai.yaml --output Sources/App/Rangkai.swift
              switchboard generate swift Contracts/rangkai.yaml --output Sources/App/Rangkai.swift --check

            Exit code 1: the contract has faults, the file cannot be written, or with --check it is not what would be written.
            """)

    @OptionGroup var options: GenerateOptions

    @Option(help: "Who may use what is written: public, package or internal.")
    var access: SwiftWriter.Access = .public

    func run() throws {
        try self.options.run { outline in
            SwiftWriter(outline, version: Server.version, access: self.access).text()
        }
    }
}

extension SwiftWriter.Access: ExpressibleByArgument {}
