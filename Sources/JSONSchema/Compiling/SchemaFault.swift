// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// One thing wrong with a schema.
package struct SchemaFault: Hashable, Sendable, CustomStringConvertible {
    /// Where, from the root of the document it is in.
    package let pointer: JSONPointer
    /// The URI of the supplied document it is in; nil for the document that was compiled.
    package let document: String?
    /// What is wrong, such as `"requird" is not a keyword`.
    package let message: String
    /// What to do about it, where that is known.
    package let hint: String?

    package var description: String {
        "\(self.document ?? "")#\(self.pointer): \(self.message)" + (self.hint.map { " (\($0))" } ?? "")
    }
}

/// Everything wrong with a schema, in the order of discovery. Never empty.
package struct SchemaFaults: Error, Hashable, Sendable, CustomStringConvertible {
    package let faults: [SchemaFault]

    package var description: String { self.faults.map(\.description).joined(separator: "\n") }
}
