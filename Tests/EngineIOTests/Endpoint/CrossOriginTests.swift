// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import EngineIO

@Suite(.serialized) struct CrossOriginTests {
    private func configuration(_ crossOrigin: EngineCrossOrigin) -> EngineConfiguration {
        var configuration = EngineConfiguration()
        configuration.crossOrigin = crossOrigin
        return configuration
    }

    @Test func `every page may poll where the origin is a star, and is told so with errors too`() async throws {
        try await EngineStage.run(self.configuration(EngineCrossOrigin())) { stage in
            let origin = "Origin: https://a.example\r\n"
            let session = try stage.open()
            for (method, target) in [
                ("GET", EngineStage.polling), ("POST", session), ("GET", "/engine.io/?EIO=4"),
                ("GET", EngineStage.polling + "&sid=abc"),
            ] {
                let response = try stage.ask(method, target, origin, body: method == "POST" ? "4x" : nil)
                #expect(response.headers["access-control-allow-origin"] == "*")
            }
            let upgrade = try stage.connect().upgrade(EngineStage.webSocket, origin)
            #expect(upgrade.headers["access-control-allow-origin"] == "*")
            let refused = try stage.connect().upgrade(EngineStage.webSocket + "&sid=abc", origin)
            #expect(refused.headers["access-control-allow-origin"] == "*")
        }
    }

    @Test func `OPTIONS is answered before anything is looked at`() async throws {
        try await EngineStage.run(self.configuration(EngineCrossOrigin())) { stage in
            let response = try stage.ask(
                "OPTIONS", "/engine.io/?sid=nobody",
                "Origin: https://a.example\r\nAccess-Control-Request-Headers: x-a\r\n")
            #expect(response.status == 204)
            #expect(response.headers["access-control-allow-origin"] == "*")
            #expect(response.headers["access-control-allow-methods"] == "GET,HEAD,PUT,PATCH,POST,DELETE")
            #expect(response.headers["access-control-allow-headers"] == "x-a")
            #expect(response.headers["vary"] == "Access-Control-Request-Headers")
        }
    }

    @Test func `a list of origins names the page's own, and refuses nobody by status`() async throws {
        let crossOrigin = EngineCrossOrigin(origins: ["https://a.example"], allowsCredentials: true)
        try await EngineStage.run(self.configuration(crossOrigin)) { stage in
            let good = try stage.ask("GET", EngineStage.polling, "Origin: https://a.example\r\n")
            #expect(good.headers["access-control-allow-origin"] == "https://a.example")
            #expect(good.headers["access-control-allow-credentials"] == "true")
            #expect(good.headers["vary"] == "Origin")
            for headers in ["Origin: https://b.example\r\n", ""] {
                let other = try stage.ask("GET", EngineStage.polling, headers)
                #expect(other.status == 200)
                #expect(other.headers["access-control-allow-origin"] == nil)
                #expect(other.headers["vary"] == "Origin")
            }
        }
    }

    @Test func `no origin is named for credentials by a star`() {
        let headers = EngineCrossOrigin(allowsCredentials: true).headers(for: "https://a.example")
        #expect(headers.contains { $0 == ("Access-Control-Allow-Origin", "https://a.example") })
    }
}
