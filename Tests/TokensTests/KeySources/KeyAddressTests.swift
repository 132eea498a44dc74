// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tokens

@Suite struct KeyAddressTests {
    @Test(arguments: [
        "", "issuer.example/jwks", "file:///etc/passwd", "ftp://issuer.example/", "https://", "http://:80/",
        "https:///x",
        "http://user@/x", "https://issuer.example/a b", "https://issuer.example/é", "https://issuer.example/\n",
        "gopher://x", "//issuer.example",
    ])
    func `an address that is not http or https with a host is refused`(text: String) {
        #expect(throws: KeyFault.self) { try KeyAddress(text) }
    }

    @Test func `the name for the log has neither user nor query`() throws {
        let address = try KeyAddress("https://me:p@ss@issuer.example:8443/keys?token=1#x")
        #expect(address.nameForLog == "https://issuer.example:8443/keys")
    }

    @Test(arguments: [
        ("https://issuer.example/", false), ("HTTPS://issuer.example/", false), ("http://localhost:1/", false),
        ("http://127.0.0.1/", false), ("http://127.9.9.9:80/", false), ("http://[::1]:80/", false),
        ("http://issuer.example/", true), ("http://127.0.0.1.evil.example/", true), ("http://127.evil.0.1/", true),
        ("http://10.0.0.1/", true), ("http://localhost@evil.example/", true), ("http://localhost.evil/", true),
    ])
    func `an address without TLS has a weakness unless it is of this machine`(text: String, isWeak: Bool) throws {
        let source = try KeySource.address(text, fetcher: HeldFetcher())
        #expect(try KeyRing([source], now: 0).weaknesses.map(\.code) == (isWeak ? [.weak] : []))
    }
}
