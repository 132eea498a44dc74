// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@Suite struct HTTPRouterTests {
    private let router: HTTPRouter<String>

    init() throws {
        var router = HTTPRouter<String>()
        for (method, pattern) in [
            (HTTPMethod.get, "/"), (.get, "/v1/platforms"), (.post, "/v1/platforms/{name}/events"),
            (.get, "/v1/platforms/{name}/channels/{channel}"), (.get, "/v1/platforms/main/channels/special"),
            (.delete, "/v1/platforms/{name}/channels/{channel}"), (.get, "/assets/{path...}"),
        ] {
            router.add(method, try #require(HTTPRoute(pattern)), "\(method.rawValue) \(pattern)")
        }
        self.router = router
    }

    private func outcome(_ method: HTTPMethod, _ path: String) -> String {
        switch self.router.route(method, path) {
        case .handler(let name, let parameters):
            "\(name) "
                + ["name", "channel", "path"].compactMap { key in parameters[key].map { "\(key)=\($0)" } }
                .joined(separator: ",")
        case .notFound: "404"
        case .malformedPath: "400"
        case .methodNotAllowed(let allow): "405 \(allow)"
        case .options(let allow): "204 \(allow)"
        }
    }

    @Test func `a path leads to its handler with its parameters decoded`() {
        #expect(self.outcome(.get, "/") == "GET / ")
        #expect(self.outcome(.post, "/v1/platforms/main/events") == "POST /v1/platforms/{name}/events name=main")
        let channel = "GET /v1/platforms/{name}/channels/{channel} name=main,channel="
        #expect(
            self.outcome(.get, "/v1/platforms/main/channels/user:did:rangkai:abc") == channel + "user:did:rangkai:abc")
        #expect(self.outcome(.get, "/v1/platforms/main/channels/a%2Fb%20c") == channel + "a/b c")
        #expect(self.outcome(.get, "/assets/js/app.js") == "GET /assets/{path...} path=js/app.js")
    }

    @Test func `literal text goes before a parameter, and a parameter is tried where the rest does not fit`() {
        #expect(
            self.outcome(.get, "/v1/platforms/main/channels/special")
                == "GET /v1/platforms/main/channels/special ")
        #expect(
            self.outcome(.get, "/v1/platforms/main/channels/other")
                == "GET /v1/platforms/{name}/channels/{channel} name=main,channel=other")
    }

    @Test(arguments: ["/v1", "/v1/platforms/", "/v1/platforms//events", "", "v1/platforms", "*"])
    func `a path that no route has is not found`(path: String) {
        #expect(self.outcome(.get, path) == "404")
    }

    @Test(arguments: ["/v1/%", "/v1/%zz", "/%ff"])
    func `broken percent-encoding is told apart`(path: String) { #expect(self.outcome(.get, path) == "400") }

    @Test func `another method is refused with the ones there are`() {
        let path = "/v1/platforms/main/channels/x"
        #expect(self.outcome(.post, path) == "405 DELETE, GET, HEAD, OPTIONS")
        #expect(self.outcome(.options, path) == "204 DELETE, GET, HEAD, OPTIONS")
        #expect(self.outcome(.head, "/v1/platforms") == "GET /v1/platforms ")
    }

    @Test(arguments: ["no/slash", "/{}", "/{a}/{a}", "/{rest...}/more", "/x{a}"])
    func `a pattern that makes no sense is refused`(pattern: String) { #expect(HTTPRoute(pattern) == nil) }

    @Test func `the same route is not added twice`() throws {
        var router = self.router
        #expect(!router.add(.get, try #require(HTTPRoute("/v1/platforms")), "again"))
        #expect(router.add(.put, try #require(HTTPRoute("/v1/platforms")), "other"))
    }
}
