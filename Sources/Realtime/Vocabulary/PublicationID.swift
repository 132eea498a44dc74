// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A publication's own name: 16 characters of Crockford's base 32, of which the first ten are its time.
///
/// Unique within a platform's node; later publications of a node sort after earlier ones. A publisher may bring an id of
/// its own, which is then any text of 1 to 64 bytes.
package enum PublicationID {
    package static let byteCount = 16
    package static let maximumByteCount = 64

    private static let alphabet: [UInt8] = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Writes the 16 bytes of the id of the `sequence`th publication of this millisecond at `offset`.
    package static func write(
        time: Timestamp,
        sequence: UInt16,
        node: UInt16,
        to bytes: UnsafeMutableRawBufferPointer,
        at offset: Int
    ) {
        var high = UInt64(truncatingIfNeeded: time.milliseconds) & 0xFFFF_FFFF_FFFF
        var low = UInt64(sequence) << 16 | UInt64(node)
        // 48 bits of time are ten characters with the two bits left over on top of the first.
        for index in stride(from: 9, through: 0, by: -1) {
            bytes[offset + index] = self.alphabet[Int(high & 31)]
            high >>= 5
        }
        // 32 bits more need seven; the sequence's top two bits are given up, so a millisecond holds 16,384.
        for index in stride(from: 15, through: 10, by: -1) {
            bytes[offset + index] = self.alphabet[Int(low & 31)]
            low >>= 5
        }
    }

    /// Whether the text can be an id that a server gave.
    package static func isGiven(_ text: String) -> Bool {
        text.utf8.count == Self.byteCount && text.utf8.allSatisfy(Self.alphabet.contains)
    }

    /// An id that is new, for something that is no publication yet.
    package static func fresh(now: Timestamp) -> String {
        Stamp(time: now, sequence: .random(in: 0...Self.maximumSequence), node: .random(in: 0...UInt16.max)).id
    }

    /// Publications that one millisecond can name.
    package static let maximumSequence: UInt16 = 16_383
}
