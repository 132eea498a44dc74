// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Which users are online: those with a connection, and those whose last one has not been gone for long.
final class PresenceTable: Sendable {
    private struct State {
        var connectionCounts: [UserID: Int] = [:]
        /// Users who are online, as far as anybody was told.
        var online: Set<UserID> = []
        /// Driven by the platform's clock.
        var leaving: DeadlineWheel<UserID>
        var grace: Int64
    }

    private let state: Mutex<State>

    init(grace: Int64, now: Timestamp = Timestamp(milliseconds: 0)) {
        self.state = Mutex(State(leaving: DeadlineWheel(now: now.milliseconds), grace: grace))
    }

    /// Milliseconds, for those who leave from now on.
    var grace: Int64 {
        get { self.state.withLock { $0.grace } }
        set { self.state.withLock { $0.grace = newValue } }
    }

    /// Counts a connection.
    ///
    /// - Parameter change: called, under the table's lock, when the user was offline: changes are told in the order in which they happen.
    func came(_ user: UserID, _ change: (UserID, Bool) -> Void) {
        self.state.withLock { state in
            state.connectionCounts[user, default: 0] += 1
            if state.online.insert(user).inserted { change(user, true) }
        }
    }

    /// Forgets a connection. With the last one the user is online for the time of grace.
    func left(_ user: UserID, at now: Timestamp) {
        self.state.withLock { state in
            guard let count = state.connectionCounts[user] else { return }
            state.connectionCounts[user] = count > 1 ? count - 1 : nil
            if count == 1 { state.leaving.add(user, at: now.milliseconds + state.grace) }
        }
    }

    /// Lets go of those whose grace is over and who have not come back.
    func expire(at now: Timestamp, _ change: (UserID, Bool) -> Void) {
        self.state.withLock { state in
            for user in state.leaving.advance(to: now.milliseconds) where state.connectionCounts[user] == nil {
                if state.online.remove(user) != nil { change(user, false) }
            }
        }
    }

    func isOnline(_ user: UserID) -> Bool { self.state.withLock { $0.online.contains(user) } }
}
