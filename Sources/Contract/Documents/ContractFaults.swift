// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Every fault of a contract at once, in the order of the file.
package struct ContractFaults: Error, Sendable, CustomStringConvertible {
    package var faults: [ContractFault]

    package init(_ faults: [ContractFault]) { self.faults = faults }

    package var description: String { self.faults.map(\.description).joined(separator: "\n") }
}
