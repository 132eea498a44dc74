// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import Logging
import NIOEmbedded
import Realtime
import Synchronization
import Testing
import Transport

@testable import Server

struct PlatformApplicationTests {
    private func application(isProduction: Bool = false, trust: [String] = []) throws -> PlatformApplication {
        var definition = try SmallContract.definition()
        definition.auth.trust = trust
        let platform = try Platform(
            definition, dialects: [], engine: MemoryEngine(), eventLoops: [EmbeddedEventLoop()])
        let tokens = TokenAuthenticator(
            definition.auth, verifier: nil, keepsClaims: false, clock: SystemClock(), log: { _ in })
        let authenticator = PlatformAuthenticator(
            platform, rules: definition.auth, tokens: tokens, askedSessions: nil, keepsClaims: false)
        return PlatformApplication(
            platform, rules: try #require(definition.listeners.first), authenticator: authenticator,
            isProduction: isProduction,
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

    @Test(arguments: [
        ("192.0.2.1", false, true, true), ("192.0.2.1", true, true, true), ("192.0.2.1", false, false, false),
        ("192.0.2.1", true, false, false), ("127.0.0.1", false, false, true), ("::1", false, false, true),
        ("127.0.0.1", true, false, false), ("", false, false, false),
    ])
    func `in production clients come encrypted or from this machine itself (BULK-028, ALL-D17)`(
        address: String, isForwarded: Bool, isSecure: Bool, isTaken: Bool
    ) throws {
        let loop = EmbeddedEventLoop()
        let upgrade = UpgradeRequest(
            target: "/ws", headers: [:], remoteAddress: address, isForwarded: isForwarded, isSecure: isSecure)
        let request = HTTPRequest(
            method: .get, target: "/ws", remoteAddress: address, isForwarded: isForwarded, isSecure: isSecure,
            eventLoop: loop)
        for isProduction in [true, false] {
            let application = try self.application(isProduction: isProduction)
            let statuses = Mutex<[HTTPStatus]>([])
            if case .refuse(let response) = application.upgrade(upgrade, on: loop) {
                statuses.withLock { $0.append(response.status) }
            }
            application.respond(to: request, on: loop) { response in
                statuses.withLock { $0.append(response.status) }
            }
            let isRefused = statuses.withLock { $0.contains(.forbidden) }
            #expect(isRefused == (isProduction && !isTaken))
        }
    }

    @Test func `in production networks that the contract trusts call its routes, and are no clients (ALL-D17)`() throws
    {
        let loop = EmbeddedEventLoop()
        let application = try self.application(isProduction: true, trust: ["10.0.0.0/8"])
        let statuses = Mutex<[HTTPStatus]>([])
        for target in ["/ws", "/elsewhere"] {
            let request = HTTPRequest(method: .get, target: target, remoteAddress: "10.1.2.3", eventLoop: loop)
            application.respond(to: request, on: loop) { response in
                statuses.withLock { $0.append(response.status) }
            }
        }
        #expect(statuses.withLock { $0 } == [.forbidden, .notFound])
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
