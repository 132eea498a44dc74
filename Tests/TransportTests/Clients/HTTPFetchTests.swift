// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import NIOPosix
import Testing
import Transport

struct HTTPFetchTests {
    @Test(arguments: [
        ("http://h", "h", 80, "/"), ("HTTP://h:81/a/b?c=d", "h", 81, "/a/b?c=d"), ("http://h?x", "h", 80, "/?x"),
        ("http://[::1]:82/", "::1", 82, "/"), ("http://127.0.0.1:65535/a", "127.0.0.1", 65535, "/a"),
    ])
    func `an address has a host, a port and a target`(text: String, host: String, port: Int, target: String) throws {
        let address = try #require(HTTPAddress(text))
        #expect(address.host == host && address.port == port && address.target == target)
    }

    @Test(arguments: [
        "", "h", "https://h", "ftp://h", "http://", "http://:80", "http://h:0", "http://h:65536", "http://h:x",
        "http://h:+1",
        "http://h:1:2", "http://u:p@h/", "http://h/#a", "http://h/ a", "http://h/\u{e9}", "http://[::1",
        "http://[::1]x",
        "http://h/\r\nX: y",
    ])
    func `what is no address of plain HTTP is none`(text: String) {
        #expect(HTTPAddress(text) == nil)
    }

    private func get(
        _ port: Int, headers: HTTPHeaders = [:], seconds: Int64 = 5, limit: Int = 1000
    ) async throws -> HTTPResponse {
        let address = try #require(HTTPAddress("http://127.0.0.1:\(port)/session?a=b"))
        return try await HTTPFetch.get(
            address, headers: headers, deadline: .now() + .seconds(seconds), maximumBodyByteCount: limit,
            on: MultiThreadedEventLoopGroup.singleton.any()
        ).get()
    }

    @Test func `an answer comes with status, headers and body`() async throws {
        var application = TestApplication()
        application.onRequest = { request, respond in
            let seen =
                "\(request.method.rawValue) \(request.rawPath) \(request.query.raw) \(request.headers["Cookie"] ?? "")"
            respond(HTTPResponse(.notFound, headers: ["X-Seen": seen], body: ByteBuffer(string: "nobody")))
        }
        try await withListener(application) { listener in
            let response = try await self.get(listener.port, headers: ["Cookie": "s=1; t=\u{e9}"])
            #expect(response.status == .notFound && String(buffer: response.body) == "nobody")
            #expect(response.headers["X-Seen"] == "GET /session a=b s=1; t=\u{e9}")
        }
    }

    @Test func `a redirect is an answer, and too long an answer is none`() async throws {
        var application = TestApplication()
        application.onRequest = { _, respond in
            respond(
                HTTPResponse(
                    HTTPStatus(302), headers: ["Location": "http://127.0.0.1:1/"],
                    body: ByteBuffer(repeating: 0x61, count: 1000)))
        }
        try await withListener(application) { listener in
            let response = try await self.get(listener.port)
            #expect(response.status.code == 302)
            await #expect(throws: HTTPFetchFault.self) { try await self.get(listener.port, limit: 999) }
        }
    }

    @Test func `a header that would end the line is not sent`() async throws {
        try await withListener(TestApplication()) { listener in
            await #expect(throws: (any Error).self) {
                try await self.get(listener.port, headers: ["Cookie": "a\r\nX-Evil: 1"])
            }
        }
    }

    @Test func `whoever does not answer is given up in time`() async throws {
        var application = TestApplication()
        application.onRequest = { _, _ in }
        try await withListener(application) { listener in
            let start = ContinuousClock.now
            await #expect(throws: HTTPFetchFault.self) { try await self.get(listener.port, seconds: 1) }
            #expect(ContinuousClock.now - start < .seconds(5))
        }
        await #expect(throws: (any Error).self) { try await self.get(1) }
    }
}
