// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A contract, compiled: everything the server knows of one platform before anybody connects. Immutable.
package struct PlatformDefinition: Sendable {
    /// What the server sends by itself.
    package struct Frames: Sendable {
        package var connected: Template?
        package var publication: Template
        /// `nil`: clients are not told, though the error may still close.
        package var error: Template?
        /// Sent when the server ends a subscription, because the right to it was lost.
        package var unsubscribed: Template?
        /// Sent when a one-time token for the next connection was made.
        package var resume: Template?
        /// Sent when publications were dropped because the client read too slowly.
        package var lost: Template?
        /// Sent when the client's token has expired and the connection still has a while.
        package var expired: Template?
        /// The body of an HTTP answer that refuses.
        package var problem: Template?
        /// What a refused Socket.IO CONNECT is answered with: an object with a text `message`.
        package var refused: Template?
        /// What the callback of a refused Socket.IO command is answered with.
        package var fail: Template?

        package init(connected: Template?, publication: Template, error: Template?, unsubscribed: Template?) {
            self.connected = connected
            self.publication = publication
            self.error = error
            self.unsubscribed = unsubscribed
        }
    }

    package struct Heartbeat: Sendable {
        /// Milliseconds between pings to one connection.
        package var every: Int64 = 30_000
        /// Milliseconds after a ping until a connection that shows no sign of life is dropped.
        package var timeout: Int64 = 10_000

        package init() {}
    }

    /// A subscription that the server makes for each connection.
    package enum Join: Sendable {
        /// The channels that the contract names; with `endsWithSubscribe` only until the client subscribes by himself to a channel of
        /// the same pattern.
        case channels(Operation.ChannelSource, endsWithSubscribe: Bool, location: SourceLocation)
        /// Every channel of the pattern that the user is a member of, kept in step.
        case memberOf(ChannelPattern, location: SourceLocation)
    }

    /// An event that is published when a user comes or goes.
    package struct Presence: Sendable {
        package var event: String
        /// Milliseconds between a user's last connection and the event that he has gone.
        package var grace: Int64
        package var data: Template
        package var location: SourceLocation

        package init(event: String, grace: Int64, data: Template, location: SourceLocation) {
            self.event = event
            self.grace = grace
            self.data = data
            self.location = location
        }
    }

    /// What connections get that ask for positions.
    package struct Recovery: Sendable {
        /// The query parameter with which a connection asks.
        package var query: String
        /// Their frame for a publication.
        package var publication: Template

        package init(query: String, publication: Template) {
            self.query = query
            self.publication = publication
        }
    }

    /// How a Socket.IO client that returns takes its subscriptions up again (connection state recovery).
    package struct Return: Sendable, Hashable {
        /// Milliseconds after the end of a connection in which it may.
        package var age: Int64
        /// A client that has returned is sent the event `reconnect` with the number 1 (ALL-D10).
        package var emitsReconnect: Bool

        package init(age: Int64, emitsReconnect: Bool) {
            self.age = age
            self.emitsReconnect = emitsReconnect
        }
    }

    /// Lines on standard output.
    package struct Log: Sendable {
        package var started: TextTemplate?
        package var connected: TextTemplate?
        package var disconnected: TextTemplate?

        package init() {}
    }

    package var name: String
    package var title: String
    package var file: String
    package var listeners: [ListenerRules]
    package var auth: AuthRules
    package var frames: Frames
    package var heartbeat: Heartbeat
    /// The key of a client's message that names the command.
    package var commandKey: String
    package var commands: [String: Command]
    package var channels: [ChannelRules]
    package var events: [String: EventType]
    package var waits: [WaitRule]
    package var errors: ErrorRules
    package var limits: LimitRules
    package var joins: [Join] = []
    package var presence: Presence?
    package var recovery: Recovery?
    package var returning: Return?
    /// `nil`: the platform has no apps.
    package var apps: AppRules?
    package var bindings: [HTTPBinding] = []
    package var alerts: [AlertRule] = []
    /// What clients' events do whose prefix is an app's and that are no command by their full name.
    package var callCommand: Command?
    /// What apps may do over their connections, by the events' names.
    package var appCommands: [String: Command] = [:]
    /// Fields of what apps publish by which calls find their channels.
    package var publishedFields: [String] = []
    package var log = Log()
    /// `nil`: the backend is told nothing.
    package var webhooks: WebhookRules?
    /// `nil`: no services are watched.
    package var monitor: MonitorRules?
    /// For events that the contract does not declare; declared ones have their own.
    package var markup = Markup.keep

    package init(
        name: String,
        title: String,
        file: String,
        listeners: [ListenerRules],
        auth: AuthRules,
        frames: Frames,
        heartbeat: Heartbeat = Heartbeat(),
        commandKey: String = "type",
        commands: [String: Command] = [:],
        channels: [ChannelRules],
        events: [String: EventType],
        waits: [WaitRule] = [],
        errors: ErrorRules = ErrorRules(),
        limits: LimitRules = LimitRules()
    ) {
        self.name = name
        self.title = title
        self.file = file
        self.listeners = listeners
        self.auth = auth
        self.frames = frames
        self.heartbeat = heartbeat
        self.commandKey = commandKey
        self.commands = commands
        self.channels = channels
        self.events = events
        self.waits = waits
        self.errors = errors
        self.limits = limits
    }

    /// A channel name with the rules of the pattern that it matches.
    package struct Match: Sendable {
        package var name: ChannelName
        package var rules: ChannelRules
        /// The values of the pattern's parameters, in order.
        package var parameters: [Substring]
        /// The platform's, which some rights are about.
        package var mode: AuthRules.Mode

        /// The channel stands for all of its pattern.
        package var isWildcard: Bool { self.rules.wildcard == self.name }
    }

    /// - Returns: `nil` when no pattern of the contract matches.
    package func match(_ text: String) -> Match? {
        guard let name = ChannelName(text) else { return nil }
        for rules in self.channels {
            if let parameters = rules.pattern.match(text) {
                return Match(name: name, rules: rules, parameters: parameters, mode: self.auth.mode)
            }
        }
        return nil
    }

    /// The server subscribes members to their channels.
    var hasMemberJoins: Bool {
        self.joins.contains { if case .memberOf = $0 { true } else { false } }
    }

    /// For an event with a prefix.
    func callCommand(for event: String) -> Command? {
        guard let command = self.callCommand, event.utf8.dropFirst().contains(UInt8(ascii: ":")) else { return nil }
        return command
    }

    /// Something is kept for users who are away.
    var hasInboxes: Bool { self.events.values.contains { $0.inboxAge != nil } }

    /// Clients know nothing of the channel, or did not ask for it: it stands in no count they are shown.
    package func isOfServer(_ channel: ChannelName) -> Bool {
        guard let match = self.match(channel.rawValue) else { return false }
        return match.rules.isInternal
            || self.joins.contains { join in
                switch join {
                case .memberOf(let pattern, _): pattern == match.rules.pattern
                case .channels(let source, let endsWithSubscribe, _):
                    !endsWithSubscribe && source.mayName(match.rules.pattern)
                }
            }
    }

    /// The channels whose audience a user always belongs to: those of everybody, and his own.
    package func audiences(of user: UserID) -> [ChannelName] {
        self.channels.compactMap { rules in
            for right in rules.subscribe {
                switch right.kind {
                case .everyone where rules.pattern.parameters.isEmpty: return ChannelName(rules.pattern.description)
                case .user where rules.pattern.parameters.count == 1: return rules.pattern.name(of: user)
                default: continue
                }
            }
            return nil
        }
    }

    /// The pattern that holds each user's own channel: the one that only the user it names may subscribe to.
    package var userChannel: ChannelPattern? {
        self.channels.first(where: \.isUserChannel)?.pattern
    }
}
