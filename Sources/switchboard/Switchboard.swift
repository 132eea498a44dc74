// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Server

/// The program: one subcommand for everything an operator or a developer does.
@main
struct Switchboard: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard",
        abstract: "A self-hosted real-time event server, driven by contracts.",
        discussion: """
            A contract is a YAML file that declares a platform's whole real-time API. "serve" runs one or more of them; \
            the other commands check contracts, talk to a running server and measure it.

            Exit codes: 0 all went well, 1 it did not, 64 the command line is wrong.
            """,
        version: Server.version,
        subcommands: [
            Serve.self, Check.self, Token.self, SessionCommand.self, Publish.self, Listen.self, Bench.self,
            Explain.self, Docs.self, Generate.self, Diff.self,
        ])
}
