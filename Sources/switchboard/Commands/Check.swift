// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Contract
import Foundation
import Realtime
import Server

/// `switchboard check`: are these contracts right?
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check contracts, and scenarios for them, without serving them.",
        discussion: """
            Every fault is printed at once, as file:line:column, with a hint. Variables without a value that only hold secrets \
            do not count as faults. A scenario is checked with the contract of its platform, which has to be given as well.
            """)

    @Argument(help: "Contract files, and files of scenarios.", completion: .file(extensions: ["yaml", "yml"]))
    var files: [String]

    func run() throws {
        let contracts = Contracts.withoutSecrets(environment: ProcessInfo.processInfo.environment)
        let scenarioFiles = self.files.filter(contracts.isScenario)
        let (definitions, ofContracts) = contracts.check(self.files.filter { !scenarioFiles.contains($0) })
        let (scenarios, ofScenarios) = contracts.check(scenarios: scenarioFiles, for: definitions)
        let faults = ofContracts + ofScenarios
        for fault in faults { Console.complain("\(fault)") }
        for definition in definitions {
            let counts = [
                "\(definition.channels.count) channels", "\(definition.events.count) events",
                "\(definition.commands.count) commands",
            ]
            Console.print("\(definition.file): ok: \(definition.title) (\(counts.joined(separator: ", ")))")
        }
        for scenario in scenarios {
            let counts = ["\(scenario.tracks.count) tracks", "\(scenario.moments.count) moments"]
            Console.print("\(scenario.file): ok: \(scenario.title) (\(counts.joined(separator: ", ")))")
        }
        if faults.contains(where: { $0.severity == .error }) { throw ExitCode.failure }
    }
}
