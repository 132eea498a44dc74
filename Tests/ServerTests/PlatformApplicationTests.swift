// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Logging
import NIOEmbedded
import Realtime
import Testing
import Transport

@testable import Server

struct PlatformApplicationTests {
    private func application(tokens: [AuthRules.TokenSource]) throws -> PlatformApplication {
        var definition = try SmallContract.definition()
        definition.auth.credentials = tokens.map { .init(.jwt, $0) }
        let platform = try Platform(
            definition, dialects: [], engine: MemoryEngine(), eventLoops: [EmbeddedEventLoop()])
        let authenticator = TokenAuthenticator(
            definition.auth, verifier: nil, keepsClaims: false, clock: SystemClock(), log: { _ in })
        return PlatformApplication(
            platform, rules: try #require(definition.listeners.first), authenticator: authenticator,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func token(
        _ sources: [AuthRules.TokenSource],
        target: String = "/ws",
        headers: HTTPHeaders = [:]
    ) throws -> String? {
        try self.application(tokens: sources).credential(
            of: UpgradeRequest(target: target, headers: headers, remoteAddress: "127.0.0.1"))?.text
    }

    @Test func `a token is taken from the query, percent-encoding and all (RNG-003)`() throws {
        #expect(try self.token([.query("token")], target: "/ws?a=b&token=x%2Ey") == "x.y")
        #expect(try self.token([.query("token")], target: "/ws?tokens=x") == nil)
        #expect(try self.token([.query("token")], target: "/ws") == nil)
    }

    @Test(arguments: [("Bearer x.y", "x.y"), ("bearer x.y", "x.y"), ("x.y", "x.y")])
    func `a token is taken from a header, with or without its scheme`(value: String, token: String) throws {
        #expect(try self.token([.header("Authorization")], headers: ["authorization": value]) == token)
    }

    @Test(arguments: [
        ("session=x.y", "x.y"), ("a=b; session=x.y; c=d", "x.y"), ("session=x=y", "x=y"), ("mysession=x", nil),
        ("session", nil), ("", nil), (";;=;", nil),
    ])
    func `a token is taken from a cookie`(cookies: String, token: String?) throws {
        #expect(try self.token([.cookie("session")], headers: ["Cookie": cookies]) == token)
    }

    @Test func `the first source that the request has counts`() throws {
        let sources: [AuthRules.TokenSource] = [.header("X-Token"), .query("token")]
        #expect(try self.token(sources, target: "/ws?token=q", headers: ["X-Token": "h"]) == "h")
        #expect(try self.token(sources, target: "/ws?token=q") == "q")
    }

    @Test func `only the contract's path becomes a WebSocket (RNG-001)`() throws {
        let application = try self.application(tokens: [])
        for target in ["/", "/ws/", "/wsx", "/WS"] {
            let request = UpgradeRequest(target: target, headers: [:], remoteAddress: "127.0.0.1")
            guard case .refuse(let response) = application.upgrade(request, on: EmbeddedEventLoop()) else {
                Issue.record("\(target) was accepted")
                continue
            }
            #expect(response.status == .notFound)
        }
    }

    @Test func `a page of another origin is refused before the upgrade (ALL-D03)`() throws {
        let request = UpgradeRequest(
            target: "/ws", headers: ["Origin": "https://evil.example"], remoteAddress: "127.0.0.1")
        guard case .refuse(let response) = try self.application(tokens: []).upgrade(request, on: EmbeddedEventLoop())
        else {
            Issue.record("the page was accepted")
            return
        }
        #expect(response.status == .forbidden)
    }
}
