// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import JSON
import Realtime
import Synchronization

/// Tokens and sessions for the users of a scenario, good for a day; the same for some hours, so that whoever asks again and again makes
/// no session each time. Threads: any.
final class MockCredentials: Sendable {
    private static let age: Int64 = 12 * 3_600_000

    private struct Made {
        var text: String
        var at: Int64
    }

    private let platform: Platform
    private let made = Mutex<[String: Made]>([:])

    init(_ platform: Platform) { self.platform = platform }

    /// `nil` where the server makes none: it has no users, or others make their tokens.
    func credential(of user: Scenario.User) async -> String? {
        let now = self.platform.clock.now().milliseconds
        if let known = self.made.withLock({ $0[user.id] }), now - known.at < Self.age { return known.text }
        let definition = self.platform.definition
        guard definition.auth.mode != .none else { return nil }
        let text =
            definition.isBySession
            ? await SessionMint(self.platform).session(of: user.id) : Self.token(of: user, definition)
        if let text { self.made.withLock { $0[user.id] = Made(text: text, at: now) } }
        return text
    }

    private static func token(of user: Scenario.User, _ definition: PlatformDefinition) -> String? {
        var claims = user.claims.map { (name: $0.name, json: $0.json) }
        for (names, value) in [(definition.auth.nameClaims, user.name), (definition.auth.avatarClaims, user.avatar)] {
            guard let name = names.first, let value else { continue }
            var writer = JSONWriter()
            writer.string(value)
            claims.append((name, writer.bytes))
        }
        return try? TokenMint(definition).token(user: user.id, roles: user.roles, lifetime: 86_400, claims: claims)
    }
}

extension PlatformDefinition {
    /// Clients carry sessions, and not tokens.
    package var isBySession: Bool { self.auth.credentials.first { $0.kind != .resume }?.kind == .session }
}
