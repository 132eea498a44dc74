// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Who belongs to which channel: the facts behind authorization, all in memory.
///
/// A channel has members of its own and may share those of one other channel. Links are followed over at
/// most eight channels, so that a circle of links ends.
package final class MemberTable: Sendable {
    private struct State {
        var members: [ChannelName: Set<UserID>] = [:]
        var links: [ChannelName: ChannelName] = [:]
        /// The channels that a user is a member of by himself.
        var channels: [UserID: Set<ChannelName>] = [:]

        init(members: [ChannelName: Set<UserID>], links: [ChannelName: ChannelName]) {
            self.members = members
            self.links = links
            for (channel, users) in members {
                for user in users { self.channels[user, default: []].insert(channel) }
            }
        }

        /// Keeps `channels` in step with a change that is about to be made.
        mutating func note(_ change: StateChange) {
            switch change {
            case .addMembers(let channel, let users):
                for user in users { self.channels[user, default: []].insert(channel) }
            case .removeMembers(let channel, let users): self.forget(users, in: channel)
            case .setMembers(let channel, let users):
                self.forget(self.members[channel] ?? [], in: channel)
                for user in users { self.channels[user, default: []].insert(channel) }
            default: break
            }
        }

        private mutating func forget(_ users: some Sequence<UserID>, in channel: ChannelName) {
            for user in users {
                self.channels[user]?.remove(channel)
                if self.channels[user]?.isEmpty == true { self.channels[user] = nil }
            }
        }

        /// Who belongs to the channel now and may not any more after the change.
        func losers(by change: StateChange, in channel: ChannelName) -> Set<UserID> {
            var losers: Set<UserID> = []
            var isLinkKept = true
            switch change {
            case .removeMembers(_, let users): losers = (self.members[channel] ?? []).intersection(users)
            case .setMembers(_, let users):
                losers = (self.members[channel] ?? []).subtracting(users)
                isLinkKept = false
            case .linkMembers(_, let parent): isLinkKept = self.links[channel] == parent
            default: break
            }
            var next = isLinkKept ? nil : self.links[channel]
            for _ in 0..<MemberTable.maximumLinkCount {
                guard let parent = next else { break }
                losers.formUnion(self.members[parent] ?? [])
                next = self.links[parent]
            }
            return losers
        }
    }

    fileprivate static let maximumLinkCount = 8

    private let state: Mutex<State>

    package init(_ kept: EngineState = EngineState()) {
        self.state = Mutex(State(members: kept.members.mapValues { Set($0) }, links: kept.links))
    }

    package func contains(_ user: UserID, in channel: ChannelName) -> Bool {
        self.state.withLock { state in
            var channel = channel
            for _ in 0...Self.maximumLinkCount {
                if state.members[channel]?.contains(user) == true { return true }
                guard let parent = state.links[channel] else { return false }
                channel = parent
            }
            return false
        }
    }

    /// The channel's members, sorted, as they will be once `staged` has taken effect.
    package func members(of channel: ChannelName, staged: [StateChange] = []) -> [UserID] {
        let users = self.state.withLock { state in
            var users: Set<UserID> = []
            var next: ChannelName? = channel
            for _ in 0...Self.maximumLinkCount {
                guard let channel = next else { break }
                var own = state.members[channel] ?? []
                next = state.links[channel]
                for change in staged { change.apply(to: &own, link: &next, of: channel) }
                users.formUnion(own)
            }
            return users
        }
        return users.sorted { $0.rawValue < $1.rawValue }
    }

    /// The channels of the pattern that the user is a member of by himself, not through a link, in no order.
    package func channels(of user: UserID, in pattern: ChannelPattern) -> [ChannelName] {
        let channels = self.state.withLock { $0.channels[user] ?? [] }
        return channels.filter { pattern.match($0.rawValue) != nil }
    }

    /// Who is a member of a channel of the pattern that the user is a member of too, sorted, without himself.
    package func companions(of user: UserID, in pattern: ChannelPattern? = nil) -> [UserID] {
        let users = self.state.withLock { state in
            var users: Set<UserID> = []
            for channel in state.channels[user] ?? [] where pattern.map({ $0.match(channel.rawValue) != nil }) ?? true {
                users.formUnion(state.members[channel] ?? [])
            }
            users.remove(user)
            return users
        }
        return users.sorted { $0.rawValue < $1.rawValue }
    }

    /// The channel whose members `channel` will share once `staged` has taken effect.
    package func link(of channel: ChannelName, staged: [StateChange] = []) -> ChannelName? {
        var link = self.state.withLock { $0.links[channel] }
        var members: Set<UserID> = []
        for change in staged { change.apply(to: &members, link: &link, of: channel) }
        return link
    }

    /// Takes the change over; changes of other kinds are ignored.
    ///
    /// - Returns: the users who may have lost a right by it.
    package func apply(_ change: StateChange) -> Set<UserID> {
        guard let channel = change.memberChannel else { return [] }
        return self.state.withLock { state in
            let losers = state.losers(by: change, in: channel)
            state.note(change)
            // In place: a copy of the set for every member who comes would make growing it quadratic.
            change.apply(to: &state.members[channel, default: []], link: &state.links[channel], of: channel)
            if state.members[channel]?.isEmpty == true { state.members[channel] = nil }
            return losers
        }
    }
}

extension StateChange {
    /// The channel whose members the change is about.
    var memberChannel: ChannelName? {
        switch self {
        case .addMembers(let channel, _), .removeMembers(let channel, _), .setMembers(let channel, _),
            .linkMembers(let channel, _):
            channel
        default: nil
        }
    }

    fileprivate func apply(to own: inout Set<UserID>, link: inout ChannelName?, of channel: ChannelName) {
        guard self.memberChannel == channel else { return }
        switch self {
        case .addMembers(_, let users): own.formUnion(users)
        case .removeMembers(_, let users): own.subtract(users)
        case .setMembers(_, let users):
            own = Set(users)
            link = nil
        case .linkMembers(_, let parent): link = parent == channel ? nil : parent
        default: break
        }
    }
}
