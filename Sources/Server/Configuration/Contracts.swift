// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Contract
package import ContractOutline
package import Realtime

/// Reads a server's contract files.
package struct Contracts {
    private let loader: ContractLoader

    private init(_ loader: ContractLoader) { self.loader = loader }

    /// For a server.
    ///
    /// - Parameter folder: makes and keeps the secrets that contracts leave open outside production.
    package init(environment: [String: String], isProduction: Bool, folder: DataFolder) {
        self.init(
            ContractLoader(
                environment: environment,
                isProduction: isProduction,
                generatedSecret: { name throws(SecretFailure) in
                    do throws(ServerError) { return try folder.makeSecret(name).value } catch {
                        // Whole lines for standard error; the first says it all.
                        let line = error.message.prefix { !$0.isNewline }
                        throw SecretFailure(String(line.hasPrefix("error: ") ? line.dropFirst(7) : line))
                    }
                }))
    }

    /// For those who talk to a server: knows the secrets that it made, and makes none.
    ///
    /// - Parameter secrets: see ``DataFolder/secrets(in:)``.
    package init(environment: [String: String], secrets: [String: String]) {
        self.init(ContractLoader(environment: environment, generatedSecret: { secrets[$0] }))
    }

    /// For those who neither make nor check tokens: a secret that is not set does not matter.
    package static func withoutSecrets(environment: [String: String]) -> Contracts {
        // A stand-in, long enough for every use; nothing is signed or checked with it.
        Contracts(
            ContractLoader(environment: environment, generatedSecret: { _ in String(repeating: "0", count: 64) }))
    }

    /// Every file's platform, or every fault of all of them.
    ///
    /// - Parameter warn: told of what is probably not meant, in contracts that are served all the same.
    package func load(
        _ files: [String],
        warn: (ContractFault) -> Void = { _ in }
    ) throws(ContractFaults) -> [PlatformDefinition] {
        try self.loadWhole(files, warn: warn).map(\.definition)
    }

    /// The same, with what the contracts say.
    package func loadWhole(
        _ files: [String],
        warn: (ContractFault) -> Void = { _ in }
    ) throws(ContractFaults) -> [LoadedContract] {
        let (contracts, faults) = self.checkWhole(files)
        let errors = faults.filter { $0.severity == .error }
        guard errors.isEmpty else { throw ContractFaults(errors) }
        for fault in faults { warn(fault) }
        return contracts
    }

    /// Every file's scenario, or every fault of all of them.
    ///
    /// - Parameter definitions: the platforms that the scenarios may be for.
    package func scenarios(
        _ files: [String], for definitions: [PlatformDefinition],
        warn: (ContractFault) -> Void = { _ in }
    ) throws(ContractFaults) -> [Scenario] {
        let (scenarios, faults) = self.check(scenarios: files, for: definitions)
        let errors = faults.filter { $0.severity == .error }
        guard errors.isEmpty else { throw ContractFaults(errors) }
        for fault in faults { warn(fault) }
        return scenarios
    }

    /// The scenarios without an error, and every fault: file by file, then those of the scenarios together.
    package func check(
        scenarios files: [String], for definitions: [PlatformDefinition]
    ) -> (scenarios: [Scenario], faults: [ContractFault]) {
        let outcomes = files.map { self.loader.scenario(file: $0, for: definitions) }
        let scenarios = outcomes.compactMap(\.scenario)
        return (scenarios, outcomes.flatMap(\.faults) + ContractLoader.checkTogether(scenarios))
    }

    /// Whether the file is meant to be a scenario, and no contract.
    package func isScenario(_ file: String) -> Bool { self.loader.isScenario(file: file) }

    /// A contract for people and programs. Its warnings are not told.
    package func outline(_ file: String) throws(ContractFaults) -> ContractOutline {
        let outcome = self.loader.outcome(file: file)
        guard let definition = outcome.definition, let document = outcome.document else {
            throw ContractFaults(outcome.faults.filter { $0.severity == .error })
        }
        return ContractOutline(definition, document: document)
    }

    /// The platforms of the files without an error, and every fault, warnings included: file by file, then those of the
    /// contracts together.
    package func check(_ files: [String]) -> (definitions: [PlatformDefinition], faults: [ContractFault]) {
        let (contracts, faults) = self.checkWhole(files)
        return (contracts.map(\.definition), faults)
    }

    /// The same, with what the contracts say.
    package func checkWhole(_ files: [String]) -> (contracts: [LoadedContract], faults: [ContractFault]) {
        let outcomes = files.map { self.loader.outcome(file: $0) }
        let contracts = outcomes.compactMap { outcome -> LoadedContract? in
            guard let definition = outcome.definition, let document = outcome.document else { return nil }
            return LoadedContract(definition, document: document)
        }
        let together = ContractLoader.checkTogether(contracts.map(\.definition))
        return (contracts, outcomes.flatMap(\.faults) + together)
    }
}
