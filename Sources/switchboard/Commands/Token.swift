// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import JSON
import Server

/// `switchboard token`: a token that a contract's platform accepts.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a token with a contract's secret.",
        discussion: """
            For development and tests: outside them, tokens come from the platform's own sign-in. The secret is the one that \
            the server has: from the same variable, or from its data folder.

              switchboard token Contracts/rangkai.yaml --user did:rangkai:alice
            """)

    @Argument(help: "The contract file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "The user's id.")
    var user: String

    @Option(help: "A role; may be given more than once.")
    var role: [String] = []

    @Option(help: "How long the token holds, such as 30s, 15m, 1h or 7d.")
    var expires: Lifetime = Lifetime(seconds: 3600)

    @Option(help: "A further claim as NAME=JSON, such as tenant='\"a\"'; may be given more than once.")
    var claim: [String] = []

    @OptionGroup var data: DataOptions

    func validate() throws {
        if self.user.isEmpty { throw ValidationError("--user takes an id that is not empty") }
        _ = try self.claims()
    }

    func run() throws {
        do {
            let definition = try self.data.contracts().load([self.file])[0]
            let token = try TokenMint(definition).token(
                user: self.user, roles: self.role, lifetime: self.expires.seconds, claims: try self.claims())
            Console.print(token)
        } catch let error as ValidationError {
            throw error
        } catch {
            Console.complain(of: error)
            throw ExitCode.failure
        }
    }

    private func claims() throws -> [(name: String, json: [UInt8])] {
        try self.claim.map { text in
            guard let equals = text.firstIndex(of: "=") else {
                throw ValidationError("--claim takes NAME=JSON, not \"\(text)\"")
            }
            let json = Array(text[equals...].dropFirst().utf8)
            do { _ = try JSONDocument(parsing: json) } catch {
                throw ValidationError(
                    "--claim \(text[..<equals]): the value is not JSON: \(error); a text has quotes: --claim 'a=\"b\"'")
            }
            return (String(text[..<equals]), json)
        }
    }
}
