// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// One thing that is different in a later version of a contract, for those who rely on the earlier one.
package struct ContractChange: Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        /// What worked with the earlier version may not work any more.
        case breaking
        /// What worked goes on working, but somebody should know.
        case notable
        /// More than before.
        case safe
    }

    /// Who relies on it.
    package enum Affected: String, Sendable {
        case clients
        case backends
        case everybody
    }

    package var kind: Kind
    package var affected: Affected
    /// In the later contract; of what is gone, in the earlier one.
    package var location: SourceLocation
    /// What is different: `event order.paid: "total" is required now`.
    package var what: String
    /// What that means for whom.
    package var why: String

    /// `file:line: kind: what`, and why in a line of its own.
    package var description: String {
        "\(self.location.file):\(self.location.line): \(self.kind.rawValue): \(self.what)\n  \(self.affected.rawValue): \(self.why)"
    }
}
