// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where a connection comes from, as limits tell addresses apart, in 8 bytes.
///
/// An IPv6 address counts by its first 64 bits: whoever has one address of such a network has all of them (RFC 6177 §2).
package struct PeerAddress: Hashable, Sendable {
    private let bits: UInt64

    /// - Parameter text: an IPv4 or IPv6 address. `nil` when it is none, as for a socket in the file system.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            // In the place of a multicast network, from which nobody can connect.
            self.bits = 0xFFFF_0000_0000_0000 | UInt64(UInt32(bigEndian: four.s_addr))
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            let bytes = withUnsafeBytes(of: six) { Array($0) }
            if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
                self.bits = bytes[12...].reduce(0xFFFF_0000) { $0 << 8 | UInt64($1) }
            } else {
                self.bits = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
            }
        } else {
            return nil
        }
    }
}
