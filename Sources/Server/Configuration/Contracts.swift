// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Contract
package import Realtime

/// Reads a server's contract files.
package struct Contracts {
    private let loader: ContractLoader

    package init(_ loader: ContractLoader) { self.loader = loader }

    /// - Parameter folder: keeps the secrets that contracts leave open outside production; `nil`: they stay open.
    package init(environment: [String: String], isProduction: Bool, folder: DataFolder?) {
        self.loader = ContractLoader(
            environment: environment,
            isProduction: isProduction,
            generatedSecret: { name in isProduction ? nil : (try? folder?.makeSecret(name))?.value })
    }

    /// Every file's platform, or every fault of all of them.
    package func load(_ files: [String]) throws(ContractFaults) -> [PlatformDefinition] {
        var definitions: [PlatformDefinition] = []
        var faults: [ContractFault] = []
        for file in files {
            do throws(ContractFaults) { definitions.append(try self.loader.load(file: file)) } catch {
                faults += error.faults
            }
        }
        faults += ContractLoader.checkTogether(definitions)
        guard faults.isEmpty else { throw ContractFaults(faults) }
        return definitions
    }
}
