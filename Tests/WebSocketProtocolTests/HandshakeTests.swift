// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebSocketProtocol

@Suite struct HandshakeTests {
    private static let good: [String: [String]] = [
        "host": ["server.example.com"], "upgrade": ["websocket"], "connection": ["Upgrade"],
        "sec-websocket-key": ["dGhlIHNhbXBsZSBub25jZQ=="], "sec-websocket-version": ["13"],
    ]

    private func status(
        method: String = "GET", minorVersion: Int = 1, changing name: String = "host",
        to values: [String] = ["server.example.com"]
    ) -> Int {
        var headers = Self.good
        headers[name] = values
        do throws(HandshakeFault) {
            _ = try Handshake.checkRequest(method: method, minorVersion: minorVersion) { headers[$0] ?? [] }
            return 101
        } catch {
            return error.status
        }
    }

    @Test func `the accept value is that of RFC 6455`() throws {
        let accept = try Handshake.checkRequest(method: "GET", minorVersion: 1) { Self.good[$0] ?? [] }
        #expect(accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        (String(repeating: "a", count: 1000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
    ])
    func `SHA-1 gives the digests of RFC 3174`(message: String, expected: String) {
        let digits = Array("0123456789abcdef")
        let digest = SHA1.digest(of: message.utf8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        #expect(String(digest) == expected)
    }

    @Test func `a proper request is accepted, whatever its letter case and list order`() {
        #expect(self.status() == 101)
        #expect(self.status(changing: "upgrade", to: ["h2c, WebSocket"]) == 101)
        #expect(self.status(changing: "connection", to: ["keep-alive, UPGRADE"]) == 101)
        #expect(self.status(changing: "connection", to: ["keep-alive", "upgrade"]) == 101)
        #expect(self.status(changing: "content-length", to: ["0"]) == 101)
    }

    @Test func `a request that is no proper handshake is refused with 400`() {
        #expect(self.status(method: "POST") == 400)
        #expect(self.status(minorVersion: 0) == 400)
        #expect(self.status(changing: "host", to: []) == 400)
        #expect(self.status(changing: "host", to: ["a", "b"]) == 400)
        #expect(self.status(changing: "upgrade", to: ["websockets"]) == 400)
        #expect(self.status(changing: "connection", to: ["keep-alive"]) == 400)
        #expect(self.status(changing: "sec-websocket-version", to: []) == 400)
        #expect(self.status(changing: "sec-websocket-key", to: []) == 400)
        #expect(self.status(changing: "sec-websocket-key", to: ["c2hvcnQ="]) == 400)
        #expect(self.status(changing: "sec-websocket-key", to: ["dGhlIHNhbXBsZSBub25jZ!=="]) == 400)
        #expect(self.status(changing: "content-length", to: ["5"]) == 400)
        #expect(self.status(changing: "transfer-encoding", to: ["chunked"]) == 400)
    }

    @Test(arguments: ["8", "12", "14", "13, 8", "x"])
    func `another version is refused with 426`(version: String) {
        #expect(self.status(changing: "sec-websocket-version", to: [version]) == 426)
    }

    @Test func `offered subprotocols keep their order`() {
        let lines = ["chat, superchat", "v2"]
        #expect(Handshake.offeredSubprotocols { _ in lines } == ["chat", "superchat", "v2"])
    }

    @Test func `a client accepts only the answer to its own key`() throws {
        var generator = SystemRandomNumberGenerator()
        let key = Handshake.makeKey(using: &generator)
        let answer: (String) -> [String: [String]] = { accept in
            ["upgrade": ["websocket"], "connection": ["Upgrade"], "sec-websocket-accept": [accept]]
        }
        let right = answer(Handshake.acceptValue(forKey: key))
        try Handshake.checkResponse(status: 101, key: key) { right[$0] ?? [] }
        let wrong = answer(Handshake.acceptValue(forKey: "another"))
        #expect(throws: HandshakeFault.self) {
            try Handshake.checkResponse(status: 101, key: key) { wrong[$0] ?? [] }
        }
        #expect(throws: HandshakeFault(status: 403, message: "the server answered 403, not 101")) {
            try Handshake.checkResponse(status: 403, key: key) { right[$0] ?? [] }
        }
    }

    @Test func `a client's request cannot be split by a header value`() {
        #expect(throws: HandshakeFault.self) {
            try Handshake.request(
                host: "a", target: "/", key: "k", headers: [(name: "X", value: "1\r\nY: 2")])
        }
    }
}
