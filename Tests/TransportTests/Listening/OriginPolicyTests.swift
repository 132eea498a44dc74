// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing
import Transport

@Suite struct OriginPolicyTests {
    private let policy = OriginPolicy(["https://example.com", "http://localhost:*", "http://[::1]:*"])

    @Test(arguments: [
        "https://example.com", "HTTPS://Example.com", "http://localhost", "http://localhost:3000", "http://[::1]:80",
        "http://[::1]",
    ])
    func `a listed origin may connect`(origin: String) { #expect(self.policy.allows(origin: origin)) }

    @Test(arguments: [
        "http://example.com", "https://example.com:8443", "https://sub.example.com", "https://example.com.evil.org",
        "http://localhost.evil.org", "http://localhost:evil", "http://localhost:", "https://localhost:1", "null", "",
        "http://[::1]evil:80",
    ])
    func `any other may not`(origin: String) { #expect(!self.policy.allows(origin: origin)) }

    @Test func `no header passes, two never do, and a star lets every page in`() {
        #expect(self.policy.allows(HTTPHeaders()))
        #expect(!self.policy.allows(HTTPHeaders([("Origin", "https://example.com"), ("Origin", "https://x.org")])))
        #expect(OriginPolicy(["*"]).allows(origin: "null"))
        #expect(!OriginPolicy([]).allows(origin: "https://example.com"))
    }
}
