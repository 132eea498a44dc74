// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContractOutline
import Foundation
import Server

/// What all generators are told, and what they do with their text.
struct GenerateOptions: ParsableArguments {
    @Argument(help: "The contract file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(
        name: [.short, .long], help: "Where the code is written; without it, on standard output.", completion: .file())
    var output: String?

    @Flag(help: "Write nothing; fail when the file of --output is not what would be written.")
    var check = false

    func validate() throws {
        if self.check && self.output == nil {
            throw ValidationError("--check needs the file to look at: --output FILE")
        }
        if let output, Self.isOneFile(output, self.file) {
            throw ValidationError("--output is the contract itself")
        }
    }

    /// Whether two paths lead to the same place.
    static func isOneFile(_ a: String, _ b: String) -> Bool {
        let places = [a, b].map { URL(fileURLWithPath: $0).standardizedFileURL.resolvingSymlinksInPath().path }
        return places[0] == places[1]
    }

    func run(_ text: (ContractOutline) -> String) throws {
        do {
            let contracts = Contracts.withoutSecrets(environment: ProcessInfo.processInfo.environment)
            let written = text(try contracts.outline(self.file))
            guard let output = self.output else {
                // The line's end is the console's.
                return Console.print(String(written.dropLast()))
            }
            guard self.check else {
                try Data(written.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
                return
            }
            guard let found = FileManager.default.contents(atPath: output) else {
                Console.complain("error: \(output): there is no such file; write it without --check")
                throw ExitCode.failure
            }
            guard found == Data(written.utf8) else {
                Console.complain("error: \(output) is not what \(self.file) says; write it again without --check")
                throw ExitCode.failure
            }
        } catch let code as ExitCode {
            throw code
        } catch {
            Console.complain(of: error)
            throw ExitCode.failure
        }
    }
}
