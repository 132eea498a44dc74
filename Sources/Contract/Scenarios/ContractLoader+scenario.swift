// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

extension ContractLoader {
    /// What loading a scenario came to.
    package struct ScenarioOutcome: Sendable {
        /// `nil` when one of the faults is an error.
        package var scenario: Scenario?
        /// In the order of the file.
        package var faults: [ContractFault]
    }

    /// Reads a scenario, and holds it against the contract of its platform.
    ///
    /// - Parameters:
    ///   - file: a path, which stands as it is in the faults.
    ///   - definitions: the platforms that are served.
    package func scenario(file: String, for definitions: [PlatformDefinition]) -> ScenarioOutcome {
        do throws(ContractFault) {
            return self.scenario(of: try Self.text(of: file), file: file, for: definitions)
        } catch {
            return ScenarioOutcome(faults: [error])
        }
    }

    /// A scenario that has been read already.
    package func scenario(of text: String, file: String, for definitions: [PlatformDefinition]) -> ScenarioOutcome {
        let faults = FaultCollector()
        guard let root = self.root(of: text, file: file, faults) else { return ScenarioOutcome(faults: faults.faults) }
        let scenario = ScenarioCompiler(file: file, faults: faults).scenario(root, for: definitions)
        return ScenarioOutcome(scenario: faults.errorCount == 0 ? scenario : nil, faults: faults.faults)
    }

    /// Whether the file is meant to be a scenario: it says `scenario` and not `contract`. Faults are not told.
    package func isScenario(file: String) -> Bool {
        guard let text = try? Self.text(of: file), let root = self.root(of: text, file: file, FaultCollector()) else {
            return false
        }
        return root["scenario"] != nil && root["contract"] == nil
    }

    /// The faults of scenarios that are to be played by one process: two for one platform.
    package static func checkTogether(_ scenarios: [Scenario]) -> [ContractFault] {
        var known: [String: Scenario] = [:]
        var faults: [ContractFault] = []
        for scenario in scenarios {
            if let first = known[scenario.platform] {
                faults.append(
                    ContractFault(
                        "\"\(scenario.platform)\" has a scenario already: \(first.file)", at: scenario.location,
                        hint: "give one, or put the tracks of both into one file"))
            }
            known[scenario.platform] = known[scenario.platform] ?? scenario
        }
        return faults
    }
}
