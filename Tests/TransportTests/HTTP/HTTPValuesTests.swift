// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import NIOPosix
import Testing

@Suite struct HTTPValuesTests {
    @Test func `header names compare without letter case and may repeat`() {
        var headers: HTTPHeaders = ["Content-Type": "text/plain", "Accept": "a"]
        headers.append("ACCEPT", "b")
        #expect(headers["content-type"] == "text/plain")
        #expect(headers.values("accept") == ["a", "b"])
        headers["Accept"] = "c"
        #expect(headers.values("accept") == ["c"])
        #expect(!headers.contains("accept-encoding"))
    }

    @Test func `a query is decoded on demand and broken pairs are skipped`() {
        let query = QueryString("token=a%2Bb+c&empty=&flag&bad=%zz&token=second")
        #expect(query["token"] == "a+b c")
        #expect(query.values("token") == ["a+b c", "second"])
        #expect(query["empty"] == "")
        #expect(query["flag"] == "")
        #expect(query["bad"] == nil)
        #expect(query["none"] == nil)
    }

    @Test(arguments: [
        ("/a/b?c=d?e", "/a/b", "c=d?e"), ("/", "/", ""), ("http://host:80/x?y", "/x", "y"), ("http://host", "/", ""),
        ("/redirect?to=http://x/y", "/redirect", "to=http://x/y"), ("*", "*", ""), ("", "/", ""),
    ])
    func `a target is split into path and query`(target: String, path: String, query: String) {
        let parts = HTTPRequest.split(target: target)
        #expect(parts.path == path)
        #expect(parts.query.raw == query)
    }

    @Test func `a request's path is decoded as a whole and kept as sent`() {
        let request = HTTPRequest(
            method: .get, target: "/a%20b%2Fc?x=1", eventLoop: MultiThreadedEventLoopGroup.singleton.any())
        #expect(request.path == "/a b/c")
        #expect(request.rawPath == "/a%20b%2Fc")
        #expect(request.query["x"] == "1")
    }
}
