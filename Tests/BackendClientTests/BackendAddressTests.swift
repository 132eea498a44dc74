// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Testing

struct BackendAddressTests {
    @Test(arguments: [
        ("http://h", "h", 80, false), ("HTTPS://h/a/b?c=d", "h", 443, true), ("https://h:81?x", "h", 81, true),
        ("http://[::1]:82/", "::1", 82, false),
        ("http://127.0.0.1:65535/a", "127.0.0.1", 65535, false),
    ])
    func `an address has a scheme, a host and a port`(text: String, host: String, port: Int, isEncrypted: Bool) throws {
        let address = try #require(BackendAddress(text))
        #expect(address.host == host && address.port == port && address.isEncrypted == isEncrypted)
    }

    @Test(arguments: [
        "", "h", "ftp://h", "file:///etc/passwd", "http://", "http://:80", "http://h:0", "http://h:65536", "http://h:x",
        "http://h:+1", "http://h:1:2", "http://u:p@h/", "http://u@h/", "http://h/#a", "http://h/ a", "http://h/\u{e9}",
        "http://[::1",
        "http://[::1]x", "http://h/\r\nX: y",
    ])
    func `what is no address of HTTP is none`(text: String) {
        #expect(BackendAddress(text) == nil)
    }
}
