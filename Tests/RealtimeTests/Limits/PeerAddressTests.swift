// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

@Suite struct PeerAddressTests {
    @Test func `IPv4 addresses differ by every bit`() throws {
        let addresses = ["10.0.0.1", "10.0.0.2", "11.0.0.1"].map { PeerAddress($0) }
        #expect(Set(addresses).count == 3)
        #expect(PeerAddress("::ffff:10.0.0.1") == addresses[0])
    }

    @Test func `an IPv6 network of 64 bits counts as one`() {
        #expect(PeerAddress("2001:db8:1:2::1") == PeerAddress("2001:db8:1:2:ffff::9"))
        #expect(PeerAddress("2001:db8:1:2::1") != PeerAddress("2001:db8:1:3::1"))
        #expect(PeerAddress("::1") != PeerAddress("127.0.0.1"))
    }

    @Test(arguments: ["", "localhost", "10.0.0", "1.2.3.4.5", ":::", "unix:/tmp/socket"])
    func `what is no address has none`(text: String) { #expect(PeerAddress(text) == nil) }
}
