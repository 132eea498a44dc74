// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@testable import HTTPAPI

struct RoutingTests {
    @Test(arguments: [
        "/", "/v1", "/v2", "/v1/platforms/shop", "/v1/platforms/shop/nothing", "/v1/platforms/shop/events/1",
        "/v1/platforms/shop/channels//members", "/health", "/v1/platforms/shop/connections/1/x",
    ])
    func `a path that is not there is 404`(path: String) throws {
        let answer = try AdminFixture().send(.get, path)
        #expect(answer.status == 404)
        #expect(try answer.fault == "notFound")
    }

    @Test func `an unknown platform is 404 on every path of platforms, with the nearest name`() throws {
        let fixture = try AdminFixture()
        for endpoint in Endpoint.allCases where endpoint.route.path.contains("{platform}") {
            let target = endpoint.route.path.replacing("{platform}", with: "shpo").replacing(
                "{channel}", with: "global"
            )
            .replacing("{connection}", with: "1").replacing("{user}", with: "ann")
            let answer = try fixture.send(endpoint.route.method, target)
            #expect(answer.status == 404, "\(target)")
            #expect(answer.text.contains(#"did you mean \"shop\"?"#), "\(answer.text)")
        }
    }

    @Test func `another method is 405, and Allow names those that there are`() throws {
        let fixture = try AdminFixture()
        let answer = try fixture.send(.patch, "/v1/platforms/shop/channels/global/members", "{}")
        #expect(answer.status == 405)
        #expect(try answer.fault == "methodNotAllowed")
        #expect(answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, POST, PUT")
        #expect(try fixture.send(.get, "/v1/platforms/shop/events").headers["Allow"] == "OPTIONS, POST")
    }

    @Test func `OPTIONS tells the methods, and HEAD is answered like GET`() throws {
        let fixture = try AdminFixture()
        let options = try fixture.send(.options, "/v1/platforms")
        #expect(options.status == 204)
        #expect(options.headers["Allow"] == "GET, HEAD, OPTIONS")
        #expect(try fixture.send(.head, "/v1/platforms").status == 200)
    }

    @Test(arguments: ["/v1/platforms/%zz/events", "/v1/platforms/%ff/events", "/v1/platforms/shop/channels/%/members"])
    func `a path whose percent-encoding is broken is 400`(path: String) throws {
        let answer = try AdminFixture().send(.get, path)
        #expect(answer.status == 400)
        #expect(try answer.fault == "invalidPath")
    }

    @Test(arguments: [
        "channels?limit=0", "channels?limit=1001", "channels?limit=-1", "channels?limit=ten", "channels?limit=",
        "channels?limit=1&limit=2", "channels?limit", "channels?perfix=a", "channels?prefix=%zz", "channels?limit=+5",
        "channels?limit=99999999999999999999", "connections?after=x", "channels/log:a/history?after=-1",
        "channels/log:a/history?after=9223372036854775808", "channels/global/members?limit=1",
    ])
    func `a query that is unknown, repeated or of another kind is 400`(target: String) throws {
        let answer = try AdminFixture().send(.get, "/v1/platforms/shop/\(target)")
        #expect(answer.status == 400)
        #expect(try answer.fault == "invalidQuery")
    }

    @Test(arguments: ["nonsense", "order:", "global:x", "%00", "order:%0A", String(repeating: "o", count: 300)])
    func `a channel that no pattern matches is 422`(channel: String) throws {
        let answer = try AdminFixture().send(.get, "/v1/platforms/shop/channels/\(channel)/members")
        #expect(answer.status == 422)
        #expect(try answer.fault == "invalidChannel")
    }

    @Test func `every endpoint has a path that the router knows, and no two have the same`() {
        for endpoint in Endpoint.allCases {
            let (method, path) = endpoint.route
            guard case .handler(let found, _) = Endpoint.router.route(method, path) else {
                Issue.record("\(method.rawValue) \(path) leads nowhere")
                continue
            }
            #expect(found == endpoint)
        }
    }
}
