// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// One way in which a value breaks its schema.
package struct SchemaViolation: Hashable, Sendable, CustomStringConvertible {
    /// Where in the value that was validated.
    package let instance: JSONPointer
    /// The keyword that was broken, such as `type` or `required`; `false` for the schema that accepts nothing.
    package let keyword: String
    /// As it follows the name of the value: `must be a string, is a number`.
    package let message: String

    package var description: String {
        (self.instance.tokens.isEmpty ? "the value" : self.instance.description) + " " + self.message
    }
}
