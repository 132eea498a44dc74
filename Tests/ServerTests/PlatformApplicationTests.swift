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
    private func application() throws -> PlatformApplication {
        let definition = try SmallContract.definition()
        let platform = try Platform(
            definition, dialects: [], engine: MemoryEngine(), eventLoops: [EmbeddedEventLoop()])
        let tokens = TokenAuthenticator(
            definition.auth, verifier: nil, keepsClaims: false, clock: SystemClock(), log: { _ in })
        let authenticator = PlatformAuthenticator(
            platform, tokens: tokens, askedSessions: nil, keepsClaims: false)
        return PlatformApplication(
            platform, rules: try #require(definition.listeners.first), authenticator: authenticator,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    @Test func `only the contract's path becomes a WebSocket (RNG-001)`() throws {
        let application = try self.application()
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
        guard case .refuse(let response) = try self.application().upgrade(request, on: EmbeddedEventLoop())
        else {
            Issue.record("the page was accepted")
            return
        }
        #expect(response.status == .forbidden)
    }
}
