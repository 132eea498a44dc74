// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Gathers changes while two contracts are compared.
struct ChangeNotes {
    private var changes: [ContractChange] = []

    mutating func add(
        _ kind: ContractChange.Kind, _ affected: ContractChange.Affected, _ location: SourceLocation, _ what: String,
        _ why: String
    ) {
        let change = ContractChange(kind: kind, affected: affected, location: location, what: what, why: why)
        if !self.changes.contains(change) { self.changes.append(change) }
    }

    mutating func breaking(
        _ affected: ContractChange.Affected, _ location: SourceLocation, _ what: String, _ why: String
    ) { self.add(.breaking, affected, location, what, why) }

    mutating func notable(
        _ affected: ContractChange.Affected, _ location: SourceLocation, _ what: String, _ why: String
    ) { self.add(.notable, affected, location, what, why) }

    mutating func safe(
        _ affected: ContractChange.Affected, _ location: SourceLocation, _ what: String, _ why: String
    ) { self.add(.safe, affected, location, what, why) }

    /// Breaking ones first; of one kind in the order in which they were found.
    var sorted: [ContractChange] {
        ContractChange.Kind.allCases.flatMap { kind in self.changes.filter { $0.kind == kind } }
    }
}
