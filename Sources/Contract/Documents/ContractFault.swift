// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// One thing in a contract that is wrong or doubtful.
package struct ContractFault: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        /// The contract is not served.
        case error
        /// The contract is served; something in it is probably not meant.
        case warning
    }

    package var severity: Severity
    /// Where the fault begins. Line and column 1 when the file could not be read at all.
    package var location: SourceLocation
    /// What is wrong, in one line.
    package var message: String
    /// What to do about it, in one line.
    package var hint: String?

    package init(_ message: String, at location: SourceLocation, hint: String? = nil, severity: Severity = .error) {
        self.severity = severity
        self.location = location
        self.message = message
        self.hint = hint
    }

    /// `file:line:column: error: message`, and the hint in a line of its own.
    package var description: String {
        let text = "\(self.location): \(self.severity.rawValue): \(self.message)"
        guard let hint else { return text }
        return "\(text)\n  hint: \(hint)"
    }
}

extension ContractFault: Comparable {
    /// By place; at one place errors come before warnings.
    package static func < (a: Self, b: Self) -> Bool {
        if a.location.file != b.location.file { return a.location.file < b.location.file }
        if a.location.line != b.location.line { return a.location.line < b.location.line }
        if a.location.column != b.location.column { return a.location.column < b.location.column }
        if a.severity != b.severity { return a.severity == .error }
        return a.message < b.message
    }
}
