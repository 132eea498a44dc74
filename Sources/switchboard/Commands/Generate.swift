// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `switchboard generate`: code for clients from a contract.
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write typed code for clients from a contract.",
        discussion: """
            What is written depends on the contract alone, so that it can stand in a repository and be compared: \
            --check does that, for CI.
            """,
        subcommands: [GenerateTypeScript.self, GenerateSwift.self])

    func run() throws { throw ValidationError("say which language: typescript or swift") }
}
