// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a text is not JSON, and where.
package struct JSONParseError: Error, Equatable, CustomStringConvertible {
    /// In words that go between "JSON: " and " at byte 17", such as `expected ',' or '}'`.
    package let reason: String
    /// Position of the byte that could not be accepted, counted from 0; the text's length at its end.
    package let offset: Int

    package var description: String { "\(self.reason) at byte \(self.offset)" }
}
