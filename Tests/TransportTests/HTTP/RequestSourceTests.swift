// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@Suite struct RequestSourceTests {
    private static func source(
        _ fields: [(String, String)], peer: String = "10.0.0.1", trusting list: String = "10.0.0.0/8, ::1"
    ) throws -> RequestSource {
        RequestSource(
            peer: peer, headers: HTTPHeaders(fields.map { (name: $0.0, value: $0.1) }),
            trustedProxies: try AddressBlock.list(parsing: list))
    }

    @Test func `without a header of proxies the client is the peer`() throws {
        let source = try Self.source([("Host", "a")])
        #expect(source.address == "10.0.0.1")
        #expect(!source.isForwarded && !source.isSecure)
    }

    @Test(arguments: [
        ("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-Proto", "https"), ("Forwarded", "for=1.2.3.4;proto=https"),
        ("X-Real-IP", "1.2.3.4"), ("Via", "1.1 a"), ("x-forwarded-host", "a"),
    ])
    func `what a peer says that is not trusted is not believed, but noticed`(name: String, value: String) throws {
        let source = try Self.source([(name, value)], peer: "192.0.2.1")
        #expect(source.address == "192.0.2.1")
        #expect(source.isForwarded && !source.isSecure)
        #expect(try Self.source([(name, value)], trusting: "").address == "10.0.0.1")
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("6.6.6.6,192.0.2.7 , 10.1.1.1,10.2.2.2", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"), ("2001:DB8::1", "2001:db8::1"), ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"), ("::ffff:192.0.2.7", "192.0.2.7"), ("10.3.3.3", "10.3.3.3"),
        ("10.4.4.4, 10.3.3.3", "10.4.4.4"), ("unknown", "10.0.0.1"), ("192.0.2.7, unknown", "10.0.0.1"),
        ("192.0.2.7, unknown, 10.5.5.5", "10.5.5.5"), ("", "10.0.0.1"), (", ,", "10.0.0.1"),
        ("192.0.2.7:x", "10.0.0.1"),
        ("1.2.3.4.5", "10.0.0.1"), ("<script>", "10.0.0.1"), (":", "10.0.0.1"), ("[", "10.0.0.1"), ("[]:1", "10.0.0.1"),
        ("\u{0}", "10.0.0.1"), ("\"192.0.2.7\"", "10.0.0.1"),
    ])
    func `behind trusted proxies the client is the last address that is none of them`(list: String, client: String)
        throws
    {
        #expect(try Self.source([("X-Forwarded-For", list)]).address == client)
    }

    @Test func `several headers are one list`() throws {
        let fields = [("X-Forwarded-For", "6.6.6.6"), ("x-forwarded-for", "192.0.2.7, 10.1.1.1")]
        #expect(try Self.source(fields).address == "192.0.2.7")
    }

    @Test func `of a list without end the nearest are looked at`() throws {
        let list = "192.0.2.7, " + Array(repeating: "10.1.1.1", count: 100_000).joined(separator: ",")
        #expect(try Self.source([("X-Forwarded-For", list)]).address == "10.1.1.1")
    }

    @Test(arguments: [
        ("https", true), ("wss", true), ("HTTPS", true), ("http", false), ("", false), ("http, https", true),
        ("https, http", false), ("https,", true), ("httpss", false), (String(repeating: "https", count: 9000), false),
    ])
    func `a request is secure when the nearest proxy says so`(value: String, isSecure: Bool) throws {
        #expect(try Self.source([("X-Forwarded-Proto", value)]).isSecure == isSecure)
    }

    @Test(arguments: [
        ("for=192.0.2.7", "192.0.2.7", false), ("for=192.0.2.7;proto=https", "192.0.2.7", true),
        ("For=\"[2001:db8::1]:99\" ; Proto=HTTPS;by=10.0.0.1", "2001:db8::1", true),
        ("for=6.6.6.6;proto=https, for=192.0.2.7;proto=http", "192.0.2.7", false),
        ("for=192.0.2.7, for=10.1.1.1;proto=https", "192.0.2.7", true), ("for=_hidden", "10.0.0.1", false),
        ("for=\"a,for=6.6.6.6\"", "10.0.0.1", false), ("for", "10.0.0.1", false), ("for=", "10.0.0.1", false),
        ("=;;,", "10.0.0.1", false), ("for=\"", "10.0.0.1", false), ("proto=https", "10.0.0.1", true),
    ])
    func `the standard header counts where the usual ones are missing`(
        value: String, client: String, isSecure: Bool
    ) throws {
        let source = try Self.source([("Forwarded", value)])
        #expect(source.address == client)
        #expect(source.isSecure == isSecure)
        let both = try Self.source([
            ("Forwarded", value), ("X-Forwarded-For", "192.0.2.9"), ("X-Forwarded-Proto", "http"),
        ])
        #expect(both.address == "192.0.2.9")
        #expect(!both.isSecure)
    }
}
