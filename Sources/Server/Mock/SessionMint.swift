// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime
import Tokens

/// Makes sessions that a platform knows, in the form in which its clients carry them: for development.
package struct SessionMint {
    private let platform: Platform

    package init(_ platform: Platform) { self.platform = platform }

    /// A session that is good for so many seconds, if not said for a day.
    ///
    /// - Returns: `nil` where the platform's own backend knows the sessions, and when it cannot be kept.
    package func session(of user: String, lifetime: Int64 = 86_400) async -> String? {
        let rules = self.platform.definition.auth.sessions
        guard rules.ask == nil else { return nil }
        let id: String? = await withCheckedContinuation { continuation in
            self.platform.createSession(for: Identity(user: UserID(user)), lifetime: lifetime * 1000) { result in
                continuation.resume(returning: try? result.get().id)
            }
        }
        guard let id, let secret = rules.secret else { return id }
        return SignedValue(secret: secret).text(of: id)
    }
}
