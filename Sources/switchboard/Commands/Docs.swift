// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContractDocuments
import Foundation
import Server

/// `switchboard docs`: a contract as its users read it, and as their programs do.
struct Docs: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case asyncapi, openapi, markdown, html
    }

    static let configuration = CommandConfiguration(
        abstract: "Write the documents of a contract.",
        discussion: """
              switchboard docs Contracts/rangkai.yaml --output rangkai.html
              switchboard docs Contracts/rangkai.yaml --format asyncapi --output rangkai.asyncapi.yaml

            html is one file that needs no other and no network; markdown is one for a repository; asyncapi (3.0) describes the sockets, \
            openapi (3.1) the HTTP requests, both as YAML, or as JSON where the file's name ends in .json. A running server has them all at \
            /docs of its admin API. Nothing secret is in them, and variables need not be set.
            """)

    @Argument(help: "A contract file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "asyncapi, openapi, markdown or html. (default: by the name of --output, else html)")
    var format: Format?

    @Option(name: .shortAndLong, help: "The file to write. (default: standard output)", completion: .file())
    var output: String?

    func validate() throws {
        if let output, GenerateOptions.isOneFile(output, self.file) {
            throw ValidationError("--output is the contract itself")
        }
    }

    func run() throws {
        let contracts = Contracts.withoutSecrets(environment: ProcessInfo.processInfo.environment)
        let text: String
        do {
            let outlines = try contracts.loadWhole([self.file]) { Console.complain("\($0)") }.map(\.outline)
            guard let outline = outlines.first else { return }
            text = ContractDocuments(outline).text(self.documentFormat)
        } catch {
            Console.complain(of: error)
            throw ExitCode.failure
        }
        guard let output else {
            Console.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
            return
        }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: output))
        } catch {
            Console.complain("error: \(output) cannot be written: \(error.localizedDescription)")
            throw ExitCode.failure
        }
    }

    private var documentFormat: DocumentFormat {
        let name = (self.output ?? "").lowercased()
        let isJSON = name.hasSuffix(".json")
        switch self.format ?? Self.format(of: name) {
        case .asyncapi: return isJSON ? .asyncAPIJSON : .asyncAPIYAML
        case .openapi: return isJSON ? .openAPIJSON : .openAPIYAML
        case .markdown: return .markdown
        case .html: return .html
        }
    }

    private static func format(of name: String) -> Format {
        if name.hasSuffix(".md") { return .markdown }
        if name.hasSuffix(".asyncapi.yaml") || name.hasSuffix(".asyncapi.json") { return .asyncapi }
        if name.hasSuffix(".openapi.yaml") || name.hasSuffix(".openapi.json") { return .openapi }
        return .html
    }
}
