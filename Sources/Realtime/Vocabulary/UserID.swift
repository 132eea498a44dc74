// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Who a token names. One user may have any number of connections.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) { self.rawValue = rawValue }

    package var description: String { self.rawValue }

    // By bytes, as the store and every other program does: two spellings of one letter are two names.
    package static func == (a: Self, b: Self) -> Bool { a.rawValue.hasSameBytes(as: b.rawValue) }

    package func hash(into hasher: inout Hasher) { self.rawValue.hashBytes(into: &hasher) }
}
