// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Gathers the faults of one contract while it is compiled. Used by one task, never shared.
final class FaultCollector {
    /// Errors past this many, and as many warnings, are dropped: whoever has so many mends the first ones first.
    private static let maximumCount = 200

    private var gathered: Set<ContractFault> = []
    private(set) var errorCount = 0
    /// Whose values stand where.
    private var variables: [SourceLocation: [String]] = [:]

    /// The same fault at the same place counts once, however many roads lead to it.
    func error(_ message: String, at location: SourceLocation, hint: String? = nil) {
        self.add(ContractFault(message, at: location, hint: hint))
    }

    func warning(_ message: String, at location: SourceLocation, hint: String? = nil) {
        self.add(ContractFault(message, at: location, hint: hint, severity: .warning))
    }

    /// What is wrong at this place may be so because of the variable's value.
    func noteVariable(_ name: String, at location: SourceLocation) {
        if self.variables[location]?.contains(name) != true { self.variables[location, default: []].append(name) }
    }

    private func add(_ fault: ContractFault) {
        var fault = fault
        if let names = self.variables[fault.location] {
            let note = "the value is from the environment's \(names.joined(separator: " and "))"
            fault.hint = fault.hint.map { "\($0); \(note)" } ?? note
        }
        // Apart, as an error that warnings crowd out would let its contract be served.
        let isError = fault.severity == .error
        let count = isError ? self.errorCount : self.gathered.count - self.errorCount
        guard count < Self.maximumCount, self.gathered.insert(fault).inserted else { return }
        if isError { self.errorCount += 1 }
    }

    /// In the order of the file.
    var faults: [ContractFault] { self.gathered.sorted() }
}
