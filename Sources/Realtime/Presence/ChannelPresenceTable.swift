// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Who is online in which channel: the users with a subscription there, and those whose last one was lost not long ago.
/// Of channels alone whose rules want it counted. In memory. Threads: any.
package final class ChannelPresenceTable: Sendable {
    /// A user in a channel.
    package struct Presence: Sendable {
        package let user: UserID
        package var name: String?
        package var avatar: String?
        /// When he came online here.
        package let since: Timestamp
        fileprivate var count: Int
        /// Milliseconds since 1970; `nil` while he has a subscription.
        fileprivate var leavesAt: Int64?

        var identity: Identity { Identity(user: self.user, name: self.name, avatar: self.avatar) }
    }

    /// Somebody came or went.
    struct Change: Sendable {
        var channel: ChannelName
        var presence: Presence
        var isOnline: Bool
    }

    private struct Place: Sendable {
        var channel: ChannelName
        var user: UserID
    }

    private struct State {
        var channels: [ChannelName: [UserID: Presence]] = [:]
        /// Driven by the platform's clock.
        var leaving: DeadlineWheel<Place>

        mutating func remove(_ user: UserID, from channel: ChannelName) {
            self.channels[channel]?[user] = nil
            if self.channels[channel]?.isEmpty == true { self.channels[channel] = nil }
        }
    }

    private let state: Mutex<State>

    init(now: Timestamp = Timestamp(milliseconds: 0)) {
        self.state = Mutex(State(leaving: DeadlineWheel(now: now.milliseconds)))
    }

    /// Counts a subscription.
    ///
    /// - Parameter tell: called, under the table's lock, when the user was offline here: changes are told in their order.
    func came(_ identity: Identity, to channel: ChannelName, at now: Timestamp, _ tell: (Change) -> Void) {
        self.state.withLock { state in
            if var presence = state.channels[channel]?[identity.user] {
                presence.count += 1
                presence.leavesAt = nil
                (presence.name, presence.avatar) = (identity.name, identity.avatar)
                state.channels[channel]?[identity.user] = presence
                return
            }
            let presence = Presence(
                user: identity.user, name: identity.name, avatar: identity.avatar, since: now, count: 1)
            state.channels[channel, default: [:]][identity.user] = presence
            tell(Change(channel: channel, presence: presence, isOnline: true))
        }
    }

    /// Forgets a subscription. With the last one the user goes.
    ///
    /// - Parameter grace: milliseconds for which he stays online; 0: he goes at once, and `tell` is called as in `came`.
    func left(
        _ user: UserID, _ channel: ChannelName, at now: Timestamp, grace: Int64, _ tell: (Change) -> Void
    ) {
        self.state.withLock { state in
            guard var presence = state.channels[channel]?[user], presence.count > 0 else { return }
            presence.count -= 1
            guard presence.count == 0 else {
                state.channels[channel]?[user] = presence
                return
            }
            guard grace > 0 else {
                state.remove(user, from: channel)
                return tell(Change(channel: channel, presence: presence, isOnline: false))
            }
            let (leavesAt, overflows) = now.milliseconds.addingReportingOverflow(grace)
            presence.leavesAt = overflows ? .max : leavesAt
            state.channels[channel]?[user] = presence
            state.leaving.add(Place(channel: channel, user: user), at: presence.leavesAt ?? .max)
        }
    }

    /// Lets go of those whose grace is over and who have not come back; `tell` as in `came`.
    func expire(at now: Timestamp, _ tell: (Change) -> Void) {
        self.state.withLock { state in
            for place in state.leaving.advance(to: now.milliseconds) {
                guard let presence = state.channels[place.channel]?[place.user], let leavesAt = presence.leavesAt,
                    leavesAt <= now.milliseconds
                else { continue }
                state.remove(place.user, from: place.channel)
                tell(Change(channel: place.channel, presence: presence, isOnline: false))
            }
        }
    }

    /// Who is online in a channel, in the order in which they came.
    package func users(in channel: ChannelName) -> [Presence] {
        let users = self.state.withLock { $0.channels[channel].map { Array($0.values) } ?? [] }
        return users.sorted { ($0.since, $0.user.rawValue) < ($1.since, $1.user.rawValue) }
    }
}
