// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Realtime

/// Makes platforms of contract files.
///
/// A contract is checked as a whole: every fault is reported at once, with its place, and nothing of a contract with
/// an error is served. `docs/contract-reference.md` describes the language.
package struct ContractLoader: Sendable {
    private let variables: VariableResolver

    /// - Parameters:
    ///   - environment: the values of `${NAME}`.
    ///   - isProduction: secrets must come from the environment.
    ///   - generatedSecret: makes, or finds again, the secret for a variable that is not set; asked only for
    ///     `auth.keys` and only outside production. `nil`: there is none, which is a fault, as is what it throws.
    package init(
        environment: [String: String],
        isProduction: Bool = false,
        generatedSecret: @escaping @Sendable (_ name: String) throws(SecretFailure) -> String? = { _ in nil }
    ) {
        self.variables = VariableResolver(
            environment: environment, isProduction: isProduction, generatedSecret: generatedSecret)
    }

    /// What loading a contract came to.
    package struct Outcome: Sendable {
        /// `nil` when one of the faults is an error.
        package var definition: PlatformDefinition?
        /// In the order of the file, warnings included.
        package var faults: [ContractFault]
        /// The contract as it is written; `nil` when it could not be read at all.
        package var document: ContractDocument?
    }

    /// Reads and compiles a contract. Warnings are not told; ``outcome(file:)`` has them.
    ///
    /// - Parameter file: a path, which stands as it is in the faults.
    package func load(file: String) throws(ContractFaults) -> PlatformDefinition {
        let outcome = self.outcome(file: file)
        guard let definition = outcome.definition else {
            throw ContractFaults(outcome.faults.filter { $0.severity == .error })
        }
        return definition
    }

    package func outcome(file: String) -> Outcome {
        do {
            return self.outcome(of: try Self.text(of: file), file: file)
        } catch {
            return Outcome(definition: nil, faults: [error])
        }
    }

    /// Compiles a contract that has been read already.
    ///
    /// - Parameter file: where the text comes from; paths in it are relative to its folder.
    package func outcome(of text: String, file: String) -> Outcome {
        let faults = FaultCollector()
        guard let root = self.root(of: text, file: file, faults) else {
            return Outcome(definition: nil, faults: faults.faults)
        }
        let compiler = ContractCompiler(file: file, variables: self.variables, faults: faults)
        let definition = compiler.definition(root)
        return Outcome(
            definition: faults.errorCount == 0 ? definition : nil, faults: faults.faults,
            document: ContractDocument(root))
    }

    /// The values of a file; `nil` after a fault that leaves nothing to look at.
    func root(of text: String, file: String, _ faults: FaultCollector) -> DocumentNode? {
        var reader = DocumentReader(file: file, variables: self.variables, faults: faults)
        return reader.read(text)
    }

    /// The faults of contracts that are to be served by one process: two with one name, two on one endpoint.
    package static func checkTogether(_ definitions: [PlatformDefinition]) -> [ContractFault] {
        ListenerCheck.check(definitions)
    }

    /// A file of at most 1 MiB.
    static func text(of file: String) throws(ContractFault) -> String {
        let location = SourceLocation(file: file, line: 1, column: 1)
        guard let handle = FileHandle(forReadingAtPath: file) else {
            let exists = FileManager.default.fileExists(atPath: file)
            throw ContractFault(exists ? "the file cannot be read" : "there is no such file", at: location)
        }
        defer { try? handle.close() }
        let limit = DocumentReader.maximumByteCount
        // A byte past the limit is enough to know; a device without an end is not read to it.
        guard let data = try? handle.read(upToCount: limit + 1) else {
            throw ContractFault("the file cannot be read", at: location)
        }
        guard data.count <= limit else { throw ContractFault("the file has more than 1 MiB", at: location) }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ContractFault("the file is not UTF-8", at: location)
        }
        return text
    }
}
