// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@Suite struct AddressBlockTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.3", "10.1.2.3", true),
        ("10.1.2.3", "10.1.2.4", false), ("10.1.2.3/8", "10.9.9.9", true), ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("10.0.0.0/8", "::ffff:10.0.0.1", true),
        ("::ffff:10.0.0.0/104", "10.7.0.1", true), ("::/0", "10.0.0.1", true), ("2001:db8::/32", "2001:db8:9::1", true),
        ("2001:db8::/32", "2001:db9::1", false), ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
        ("2001:db8::/65", "2001:db8::8000:0:0:1", false), ("::1", "0:0:0:0:0:0:0:1", true),
        ("192.0.2.0/31", "192.0.2.1", true), ("192.0.2.0/31", "192.0.2.2", false), ("loopback", "127.9.9.9", true),
        ("loopback", "::1", true), ("loopback", "::ffff:127.0.0.1", true), ("loopback", "128.0.0.1", false),
        ("loopback", "::2", false), ("loopback", "", false), ("10.0.0.0/8", "10.0.0.1:80", false),
        ("10.0.0.0/8", "unknown", false), ("::/0", "fe80::1%eth0", false),
    ])
    func `a block has the addresses whose first bits are its own`(block: String, address: String, isIn: Bool) throws {
        let block = try #require(AddressBlock(parsing: block))
        #expect(block.contains(address) == isIn)
        #expect([block].contains(address: address) == isIn)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0/8",
        "10.0.0.256",
        "010.0.0.1", "::/129", "::1::", "1:2:3:4:5:6:7:8:9", "host", "Loopback", "10.0.0.1 ", "10.0.0.1\0",
        "[10.0.0.1]",
        "10.0.0.0/99999999999999999999", "10.0.0.0/٨", String(repeating: "1", count: 60),
    ])
    func `a text that is no address and no network is no block`(text: String) {
        #expect(AddressBlock(parsing: text) == nil)
    }

    @Test func `a list is read with commas and white space between its blocks`() throws {
        let blocks = try AddressBlock.list(parsing: " 10.0.0.0/8 , ::1,,loopback\t192.0.2.1 ")
        #expect(blocks.count == 4)
        #expect(blocks.contains(address: "192.0.2.1"))
        #expect(try AddressBlock.list(parsing: " ").isEmpty)
        #expect(throws: AddressBlock.UnreadableBlock(text: "10.0.0.0/80")) {
            try AddressBlock.list(parsing: "loopback,10.0.0.0/80")
        }
    }

    @Test(arguments: [
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"), ("2001:DB8:0:0::1", "2001:db8::1"),
        ("[::1]", "::1"), ("192.0.2.1", "192.0.2.1"), ("somewhere", "somewhere"), ("", ""),
    ])
    func `an address has one spelling`(text: String, spelling: String) {
        #expect(NetworkAddress.normalized(text) == spelling)
    }
}
