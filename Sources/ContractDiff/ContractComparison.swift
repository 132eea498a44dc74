// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import ContractOutline
import Realtime

/// What is different between two versions of a contract, as far as clients and backends can tell.
package struct ContractComparison {
    package let changes: [ContractChange]

    package init(old: ContractOutline, new: ContractOutline) {
        var notes = ChangeNotes()
        if old.name != new.name {
            notes.breaking(
                .backends, new.endpoints.first?.location ?? SourceLocation(file: new.file, line: 1, column: 1),
                "the contract's name is \(new.name), was \(old.name)",
                "addresses of the administrative API have the name, and what is stored belongs to it")
        }
        EndpointComparison(old: old, new: new).compare(into: &notes)
        ChannelComparison(old: old, new: new).compare(into: &notes)
        EventComparison(old: old, new: new).compare(into: &notes)
        CommandComparison(old: old, new: new).compare(into: &notes)
        RouteComparison(old: old, new: new).compare(into: &notes)
        LimitComparison(old: old, new: new).compare(into: &notes)
        self.changes = notes.sorted
    }

    package var isBreaking: Bool { self.changes.contains { $0.kind == .breaking } }
}
