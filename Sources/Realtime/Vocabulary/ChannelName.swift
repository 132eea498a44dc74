// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The name of a channel: 1 to 255 bytes of UTF-8 without control characters.
///
/// Whether a name is one of a platform's channels is decided by the platform's patterns, not here.
package struct ChannelName: Hashable, Sendable, CustomStringConvertible {
    package static let maximumByteCount = 255

    package let rawValue: String

    /// - Returns: `nil` when the text is empty, longer than 255 bytes or has a control character.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard (1...Self.maximumByteCount).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        self.rawValue = text
    }

    package var description: String { self.rawValue }

    // By bytes, as the store and every other program does: two spellings of one letter are two names.
    package static func == (a: Self, b: Self) -> Bool { a.rawValue.hasSameBytes(as: b.rawValue) }

    package func hash(into hasher: inout Hasher) { self.rawValue.hashBytes(into: &hasher) }
}
