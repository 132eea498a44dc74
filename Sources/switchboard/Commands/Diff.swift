// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContractDiff
import ContractOutline
import Foundation
import JSON
import Realtime
import Server

/// `switchboard diff`: what would break?
struct Diff: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        abstract:
            "Compare two versions of a contract: what breaks clients and backends, what they should know, what is new.",
        discussion: """
            Every difference that a client or a backend can tell, with the line of the later contract, or of the earlier one for what is gone. \
            Variables have the values of the environment, or their defaults.

              git show main:shop.yaml > /tmp/shop.yaml
              switchboard diff /tmp/shop.yaml shop.yaml

            Exit code 0: nothing breaks; 1: something does; 2: the contracts cannot be compared, because one of them has faults.
            """)

    @Argument(help: "The earlier contract.", completion: .file(extensions: ["yaml", "yml"]))
    var old: String

    @Argument(help: "The later contract.", completion: .file(extensions: ["yaml", "yml"]))
    var new: String

    @Option(help: "text for people, json for programs.")
    var format = Format.text

    @Flag(help: "Leave out what is safe.")
    var quiet = false

    func run() throws {
        let outlines: [ContractOutline]
        do {
            let contracts = Contracts.withoutSecrets(environment: ProcessInfo.processInfo.environment)
            outlines = [try contracts.outline(self.old), try contracts.outline(self.new)]
        } catch {
            Console.complain(of: error)
            throw ExitCode(2)
        }
        let comparison = ContractComparison(old: outlines[0], new: outlines[1])
        let changes = comparison.changes.filter { !self.quiet || $0.kind != .safe }
        switch self.format {
        case .text:
            for change in changes { Console.print("\(change)") }
            let counts = ContractChange.Kind.allCases.map { kind in
                "\(comparison.changes.count { $0.kind == kind }) \(kind.rawValue)"
            }
            Console.print(counts.joined(separator: ", "))
        case .json: Console.print(Self.json(changes))
        }
        if comparison.isBreaking { throw ExitCode.failure }
    }

    private static func json(_ changes: [ContractChange]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for change in changes {
            writer.beginObject()
            let members = [
                ("kind", change.kind.rawValue), ("affected", change.affected.rawValue), ("file", change.location.file),
                ("what", change.what), ("why", change.why),
            ]
            for (name, value) in members {
                writer.key(name)
                writer.string(value)
            }
            writer.key("line")
            writer.int(change.location.line)
            writer.endObject()
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
