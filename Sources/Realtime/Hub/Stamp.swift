// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A publication's time and id, given in the moment it gets its place among the platform's publications.
package struct Stamp: Sendable {
    package var time: Timestamp
    var sequence: UInt16
    var node: UInt16

    func writeID(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        PublicationID.write(time: self.time, sequence: self.sequence, node: self.node, to: bytes, at: offset)
    }

    package var id: String {
        String(unsafeUninitializedCapacity: PublicationID.byteCount) { buffer in
            self.writeID(to: UnsafeMutableRawBufferPointer(buffer), at: 0)
            return PublicationID.byteCount
        }
    }
}
