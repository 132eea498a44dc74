// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Gathers the faults of one contract while it is compiled. Used by one task, never shared.
final class FaultCollector {
    /// Faults past this many are counted, not kept: whoever has so many mends the first ones first.
    private static let maximumCount = 200

    private var gathered: Set<ContractFault> = []

    /// The same fault at the same place counts once, however many roads lead to it.
    func error(_ message: String, at location: SourceLocation, hint: String? = nil) {
        self.add(ContractFault(message, at: location, hint: hint))
    }

    func warning(_ message: String, at location: SourceLocation, hint: String? = nil) {
        self.add(ContractFault(message, at: location, hint: hint, severity: .warning))
    }

    func add(_ fault: ContractFault) {
        guard self.gathered.count < Self.maximumCount else { return }
        self.gathered.insert(fault)
    }

    var errorCount: Int { self.gathered.count { $0.severity == .error } }

    /// In the order of the file.
    var faults: [ContractFault] { self.gathered.sorted() }
}
