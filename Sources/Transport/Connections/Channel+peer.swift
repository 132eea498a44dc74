// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

extension Channel {
    /// The peer's address without its port; empty when it is gone. One of IPv4 is written as such, also where it came to a
    /// socket of IPv6 (RFC 4291 §2.5.5.2).
    var peerAddress: String {
        let address = self.remoteAddress?.ipAddress ?? ""
        let mapped = "::ffff:"
        return address.hasPrefix(mapped) && address.contains(".") ? String(address.dropFirst(mapped.count)) : address
    }
}
