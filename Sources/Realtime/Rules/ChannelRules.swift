// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a contract says of the channels that one pattern names.
package struct ChannelRules: Sendable {
    package struct History: Sendable, Hashable {
        /// Publications kept for each channel, at least 1.
        package var count: Int
        /// How long each is kept, in milliseconds.
        package var age: Int64
        /// In the store; otherwise in memory, until the process ends.
        package var isDurable: Bool

        package init(count: Int, age: Int64, isDurable: Bool = true) {
            self.count = count
            self.age = age
            self.isDurable = isDurable
        }
    }

    /// What becomes of a subscriber's queue that is over its limit.
    package enum SlowPolicy: Sendable, Hashable {
        /// The connection ends with `tooSlow`.
        case close
        /// The channel's oldest queued publications are dropped.
        case dropOldest
        /// Of queued publications with one value of this field of the payload only the newest stays.
        case conflate([String])

        var conflationPath: [String]? {
            guard case .conflate(let path) = self else { return nil }
            return path
        }
    }

    package var pattern: ChannelPattern
    /// Any one of these gives the right to subscribe; empty: nobody has it.
    package var subscribe: [SubscribeRule]
    /// Any one of these lets a client publish here by a command; empty: nobody may.
    package var clientPublish: [SubscribeRule] = []
    /// Only the server subscribes connections to it; for clients it does not exist.
    package var isInternal = false
    /// Clients that ask for it get positions, and what they missed.
    package var isRecoverable = false
    package var slow = SlowPolicy.close
    /// A line on standard output for each publication.
    package var log: TextTemplate?
    /// The channel's publications are kept; in the store, a publish is answered when they are.
    package var history: History?
    /// Backends may publish events here that the contract does not declare, by naming the channel.
    package var acceptsUndeclaredEvents: Bool
    /// What the names of such events look like; `nil`: anything.
    package var undeclaredEvents: ChannelPattern?
    /// The channel exists only while it has a record.
    package var existsByRecord: Bool
    /// It is counted who is online in the channel.
    package var presence: ChannelPresenceRules?
    /// The one name of a pattern with one parameter that stands for all others: whoever is subscribed to it also hears what goes to
    /// any other channel of the pattern, but for those he left. `nil`: there is none.
    package var wildcard: ChannelName?
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

    /// Whether an event of this name, which the contract does not declare, may be published here.
    package func accepts(undeclared event: String) -> Bool {
        self.acceptsUndeclaredEvents && self.undeclaredEvents.map { $0.match(event) != nil } ?? true
    }

    var keepsInMemory: Bool { self.history?.isDurable == false }

    /// Only the user that a channel's name holds may subscribe to it.
    package var isUserChannel: Bool {
        guard self.subscribe.count == 1, case .user(let template) = self.subscribe[0].kind else { return false }
        return template.parts.count == 1 && self.pattern.parameters.count == 1
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
        /// Whoever's claims fit all of these: a claim is one of the texts, or an array that holds one.
        case claims([String: [String]])
        /// Whoever is connected, while the platform's `auth.mode` is this.
        case mode(AuthRules.Mode)
        /// Whomever the platform's backend lets in when it is asked.
        case ask(AskRule)
    }

    package var kind: Kind
    package var location: SourceLocation

    package init(_ kind: Kind, location: SourceLocation) {
        self.kind = kind
        self.location = location
    }
}
