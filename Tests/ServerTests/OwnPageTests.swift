// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOEmbedded
import Testing

@testable import Server

struct OwnPageTests {
    private func asks(
        _ headers: HTTPHeaders, from address: String = "127.0.0.1", isForwarded: Bool = false,
        mustSayOrigin: Bool = false
    ) -> Bool {
        let request = HTTPRequest(
            method: .get, target: "/demo.json", headers: headers, remoteAddress: address, isForwarded: isForwarded,
            eventLoop: EmbeddedEventLoop())
        return OwnPage.asks(request, mustSayOrigin: mustSayOrigin)
    }

    @Test(arguments: ["localhost", "localhost:9000", "LocalHost:9000", "127.0.0.1:9000", "[::1]:9000", "[::1]"])
    func `this machine's own names are taken`(host: String) {
        #expect(self.asks(["Host": host]))
        #expect(self.asks(["Host": host, "Origin": "http://\(host)"], mustSayOrigin: true))
        #expect(self.asks(["Host": host, "Sec-Fetch-Site": "same-origin"], from: "::1"))
        #expect(!self.asks(["Host": host], mustSayOrigin: true))
    }

    @Test(arguments: [
        "evil.example", "evil.example:9000", "localhost.evil.example", "localhost.", "", "127.0.0.1.evil.example",
        "[::2]:9000", "localhost:9000:1", "localhost@evil.example", "127.0.0.2",
    ])
    func `a name that another site has pointed here is not`(host: String) {
        #expect(!self.asks(["Host": host]))
    }

    @Test func `other pages, other machines and unclear requests are refused`() {
        #expect(!self.asks([:]))
        #expect(!self.asks(HTTPHeaders([("Host", "localhost"), ("Host", "localhost")])))
        for origin in ["http://evil.example", "http://localhost:5173", "http://127.0.0.1:9000", "null", ""] {
            #expect(!self.asks(["Host": "localhost:9000", "Origin": origin]))
        }
        for site in ["cross-site", "same-site", "other"] {
            #expect(!self.asks(["Host": "localhost:9000", "Sec-Fetch-Site": site]))
        }
        #expect(!self.asks(["Host": "localhost:9000"], from: "192.0.2.1"))
        #expect(!self.asks(["Host": "localhost:9000"], from: ""))
        #expect(!self.asks(["Host": "localhost:9000"], isForwarded: true))
    }
}
