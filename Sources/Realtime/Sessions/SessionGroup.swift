// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The sessions of one connection, of which some wire languages have several. Owned by the connection's loop.
package final class SessionGroup {
    private(set) var sessions: [Session] = []

    package init() {}

    package func add(_ session: Session) {
        session.group = self
        self.sessions.append(session)
    }

    func remove(_ session: Session) { self.sessions.removeAll { $0 === session } }
}

@available(*, unavailable)
extension SessionGroup: Sendable {}
