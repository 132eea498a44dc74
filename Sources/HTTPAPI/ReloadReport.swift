// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What came of reading a server's contracts again.
package struct ReloadReport: Sendable {
    /// Something that is wrong or doubtful.
    package struct Fault: Sendable, CustomStringConvertible {
        /// `file:line:column`, where it has one.
        package var place: String?
        /// One line.
        package var message: String
        /// What to do about it.
        package var hint: String?
        /// Without one, the contracts took effect.
        package var isError: Bool

        package init(place: String? = nil, message: String, hint: String? = nil, isError: Bool = true) {
            self.place = place
            self.message = message
            self.hint = hint
            self.isError = isError
        }

        /// `place: error: message (hint)`, in one line.
        package var description: String {
            let place = self.place.map { "\($0): " } ?? ""
            let hint = self.hint.map { " (\($0))" } ?? ""
            return "\(place)\(self.isError ? "error" : "warning"): \(self.message)\(hint)"
        }
    }

    package var faults: [Fault] = []

    package init() {}

    package var isOK: Bool { !self.faults.contains(where: \.isError) }
}
