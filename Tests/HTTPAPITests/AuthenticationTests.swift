// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import HTTPAPI
import NIOCore
import Realtime
import Testing

struct AuthenticationTests {
    @Test(arguments: [
        nil, "", "Bearer", "Bearer ", "Bearer wrong", "Bearer 0123456789abcdef-firs", "Bearer 0123456789abcdef-first2",
        "Bearer 0123456789ABCDEF-first", "0123456789abcdef-first", "Basic 0123456789abcdef-first",
        "Bearer 0123456789abcdef-first, Bearer x",
    ])
    func `without a key of the server every path that needs one answers 401 and does nothing`(
        header: String?
    ) throws {
        let fixture = try AdminFixture()
        let client = try fixture.connect("ann", number: 1, to: "global")
        let requests: [(HTTPMethod, String, String)] = [
            (.get, "/v1/platforms", ""),
            (.post, "/v1/platforms/shop/events", #"{"event":"hello","data":1,"to":["global"]}"#),
            (.put, "/v1/platforms/shop/channels/order:1/members", #"{"users":["bob"]}"#),
            (.delete, "/v1/platforms/shop/users/ann/connections", ""),
            (.get, "/v1/no/such/path", ""),
            (.options, "/v1/platforms", ""),
            (.get, "/%6detrics", ""),
        ]
        for (method, target, body) in requests {
            var request = HTTPRequest(
                method: method, target: target, body: ByteBuffer(string: body), eventLoop: fixture.loops[0])
            if let header { request.headers.append("Authorization", header) }
            let answer = try fixture.send(request)
            #expect(answer.status == 401, "\(method.rawValue) \(target)")
            #expect(try answer.fault == "unauthenticated")
            #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("Bearer realm=\"switchboard\"") == true)
            #expect(!answer.text.contains("0123456789"))
        }
        #expect(client.sent.isEmpty && client.closeCode == nil)
        #expect(fixture.platform.members.members(of: try #require(.init("order:1"))).isEmpty)
    }

    @Test func `any one of several keys will do, and the scheme is read in any letter case`() throws {
        let fixture = try AdminFixture(keys: ["old-key", "", "new-key"])
        for key in ["old-key", "new-key"] {
            #expect(try fixture.send(.get, "/v1/platforms", key: key).status == 200)
        }
        var request = HTTPRequest(method: .get, target: "/v1/platforms", eventLoop: fixture.loops[0])
        request.headers.append("authorization", "bEARER   new-key")
        #expect(try fixture.send(request).status == 200)
    }

    @Test func `an empty key opens nothing`() throws {
        let fixture = try AdminFixture(keys: [""])
        #expect(try fixture.send(.get, "/v1/platforms", key: "").status == 401)
        #expect(try fixture.send(.get, "/v1/platforms", key: nil).status == 401)
    }

    @Test func `a wrong key is told apart from none`() throws {
        let fixture = try AdminFixture()
        let wrong = try fixture.send(.get, "/v1/platforms", key: "wrong").headers["WWW-Authenticate"]
        #expect(wrong == "Bearer realm=\"switchboard\", error=\"invalid_token\"")
        let none = try fixture.send(.get, "/v1/platforms", key: nil).headers["WWW-Authenticate"]
        #expect(none == "Bearer realm=\"switchboard\"")
    }

    @Test(arguments: ["/health/live", "/health/ready", "/metrics", "/openapi.yaml"])
    func `health, metrics and the description need no key`(path: String) throws {
        #expect(try AdminFixture().send(.get, path, key: nil).status == 200)
        #expect(try AdminFixture().send(.post, path, key: nil).status == 405)
    }

    @Test func `printed or dumped, keys do not show`() {
        let keys = APIKeys(["the-secret"])
        var dumped = ""
        dump(keys, to: &dumped)
        for text in ["\(keys)", String(reflecting: keys), dumped] { #expect(!text.contains("secret"), "\(text)") }
    }
}
