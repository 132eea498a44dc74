// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a contract says of the channels that one pattern names.
package struct ChannelRules: Sendable {
    package struct History: Sendable {
        /// Publications kept for each channel, at least 1.
        package var count: Int
        /// How long each is kept, in milliseconds.
        package var age: Int64

        package init(count: Int, age: Int64) {
            self.count = count
            self.age = age
        }
    }

    package var pattern: ChannelPattern
    /// Any one of these gives the right to subscribe; empty: nobody has it.
    package var subscribe: [SubscribeRule]
    /// The channel's publications are kept in the store, and a publish is answered when they are.
    package var history: History?
    /// Backends may publish events here that the contract does not declare, by naming the channel.
    package var acceptsUndeclaredEvents: Bool
    /// The channel exists only while it has a record.
    package var existsByRecord: Bool
    package var location: SourceLocation

    package init(
        pattern: ChannelPattern,
        subscribe: [SubscribeRule],
        history: History? = nil,
        acceptsUndeclaredEvents: Bool = false,
        existsByRecord: Bool = false,
        location: SourceLocation
    ) {
        self.pattern = pattern
        self.subscribe = subscribe
        self.history = history
        self.acceptsUndeclaredEvents = acceptsUndeclaredEvents
        self.existsByRecord = existsByRecord
        self.location = location
    }
}

/// One way to have the right to subscribe.
package struct SubscribeRule: Sendable {
    package enum Kind: Sendable {
        /// Whoever is connected.
        case everyone
        /// The channel's members, its own and those it shares with another channel.
        case member
        /// The members of another channel, such as a list that the platform's operator keeps.
        case memberOf(NameTemplate)
        /// The user whose id the channel's name holds.
        case user(NameTemplate)
        /// Whoever's token gives this role.
        case role(String)
    }

    package var kind: Kind
    package var location: SourceLocation

    package init(_ kind: Kind, location: SourceLocation) {
        self.kind = kind
        self.location = location
    }
}
