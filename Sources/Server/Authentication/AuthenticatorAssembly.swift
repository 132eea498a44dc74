// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Logging
import NIOCore
import Realtime
import Tokens

/// Makes what knows a platform's users, as its contract says.
struct AuthenticatorAssembly {
    /// Weak keys are refused, not only complained about.
    let isProduction: Bool
    /// Asks for sessions and key sets.
    let backends: BackendClient
    /// Key sets are fetched from here; one of the client's.
    let eventLoop: any EventLoop

    /// Reads keys from files and asks addresses for them; what does not answer is asked again later.
    ///
    /// - Returns: with the task that keeps the keys fresh, when there are any; its canceller is the caller.
    func make(
        _ definition: PlatformDefinition,
        for platform: Platform,
        logger: Logger
    ) async throws(ServerError) -> (authenticator: PlatformAuthenticator, keyTask: Task<Void, Never>?) {
        let askedSessions = try self.askedSessions(of: definition, logger: logger)
        let keepsClaims = definition.usesClaims
        let ring = try await self.keys(of: definition, logger: logger)
        let verifier = ring.map { ring in
            let requirements = TokenRequirements(
                issuers: definition.auth.issuer.map { [$0] } ?? [],
                audiences: definition.auth.audience.map { [$0] } ?? [],
                leeway: .seconds(definition.auth.leeway))
            return TokenVerifier(ring: ring, requirements: requirements)
        }
        let tokens = TokenAuthenticator(
            definition.auth, verifier: verifier, keepsClaims: keepsClaims, clock: SystemClock(),
            log: { logger.info("\($0)") })
        let authenticator = PlatformAuthenticator(
            platform, rules: definition.auth, tokens: tokens, askedSessions: askedSessions, keepsClaims: keepsClaims)
        return (authenticator, ring.map { ring in Task { await ring.run(now: Self.now) } })
    }

    private func keys(of definition: PlatformDefinition, logger: Logger) async throws(ServerError) -> KeyRing? {
        guard definition.auth.mode != .none, !definition.auth.keys.isEmpty else { return nil }
        let fetcher = BackendKeyFetcher(backends: self.backends, eventLoop: self.eventLoop)
        let ring = try KeyRing(definition.auth, platform: definition.name, now: Self.now(), fetcher: fetcher) {
            logger.warning("\($0)")
        }
        for weakness in ring.weaknesses {
            guard !self.isProduction else {
                throw ServerError(
                    "error: platform \"\(definition.name)\": \(weakness); production takes no weak keys")
            }
            logger.warning("\(weakness)")
        }
        if await !ring.load(now: Self.now()) {
            logger.warning("not every address of keys answered; tokens are refused until it does")
        }
        return ring
    }

    private func askedSessions(
        of definition: PlatformDefinition,
        logger: Logger
    ) throws(ServerError) -> AskedSessions? {
        let rules = definition.auth.sessions
        guard definition.auth.mode != .none, let text = rules.ask else { return nil }
        guard let address = BackendAddress(text) else {
            throw ServerError(
                "error: platform \"\(definition.name)\" cannot ask for sessions at the address in auth.sessions.ask\n"
                    + "  hint: write http://HOST[:PORT]/PATH or https://HOST[:PORT]/PATH, without user and fragment"
            )
        }
        return AskedSessions(
            address, backends: self.backends, rules: rules, clock: SystemClock(), log: { logger.warning("\($0)") })
    }

    @Sendable private static func now() -> Int64 { SystemClock().now().milliseconds / 1000 }
}
