// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
package import Realtime

/// The examples of a contract as a backend would publish them: in the contract's order, stamped with the present time.
package struct ExamplePublications: Sendable {
    private struct Example {
        var event: String
        var payload: JSONDocument
        /// Of an app's event: where it goes.
        var room: ChannelName?
    }

    private let definition: PlatformDefinition
    /// Event and payload, in the order of the contract; behind them those of apps.
    private let examples: [Example]
    /// Where events go that neither the contract nor their publisher sends anywhere; `nil`: nowhere.
    private let otherwise: [String]?

    package init(_ definition: PlatformDefinition) {
        self.definition = definition
        // Events that the server publishes by itself come by themselves.
        let held = Set(definition.waits.map(\.event))
        self.otherwise =
            definition.bindings.lazy.compactMap { binding in
                guard case .publish(let publish) = binding.operation, !publish.otherwise.isEmpty else { return nil }
                return publish.otherwise
            }.first
        let otherwise = self.otherwise
        let examples = definition.events.values
            // An event that goes nowhere by itself goes where the contract's own endpoint brings it, or, when inboxes keep it,
            // to a user.
            .filter { !held.contains($0.name) && !$0.endsWhatOthersNeed }
            .filter { !$0.routes.isEmpty || otherwise != nil || $0.inboxAge != nil }
            .sorted { $0.location.line < $1.location.line }
            .flatMap { event in event.examples.map { Example(event: event.name, payload: $0) } }
        self.examples = examples + Self.apps(of: definition, besides: examples)
    }

    /// What the apps of the manifest would publish, in the first room that the contract's own examples are about.
    private static func apps(of definition: PlatformDefinition, besides examples: [Example]) -> [Example] {
        guard let rules = definition.apps else { return [] }
        let rooms = examples.lazy.compactMap { example -> ChannelName? in
            let request = PublishRequest(event: example.event, data: example.payload.root)
            let routed = try? definition.route(request, facts: MemberTable())
            return routed?.channels.first { $0.rules.pattern == rules.channel }?.name
        }
        guard let room = rooms.first else { return [] }
        return rules.manifest.filter { $0.has(.publish) }.flatMap { app in
            app.events.sorted { $0.key < $1.key }.compactMap { name, event in
                event.example.map { Example(event: name, payload: $0, room: room) }
            }
        }
    }

    package var count: Int { self.examples.count }

    /// The places of the examples that give channels members or records, without which nobody may hear the others.
    package var founding: [Int] {
        self.examples.indices.filter { place in
            let event = self.definition.events[self.examples[place].event]
            return event?.memberEffects.isEmpty == false || event?.recordEffects.isEmpty == false
        }
    }

    /// The request for the example at this place; places count on from the last to the first.
    package func request(at place: Int, now: Timestamp) -> PublishRequest? {
        guard !self.examples.isEmpty else { return nil }
        let example = self.examples[place % self.examples.count]
        let payload = Self.stamped(example.payload, now: now)
        if let room = example.room {
            return PublishRequest(event: example.event, data: payload.root, channels: [room.rawValue])
        }
        let hasRoutes = self.definition.events[example.event]?.routes.isEmpty == false
        let isForUser = !hasRoutes && self.otherwise == nil
        return PublishRequest(
            event: example.event, data: payload.root, channels: hasRoutes ? nil : self.otherwise,
            users: isForUser ? Array(self.users.prefix(1)) : nil)
    }

    /// Users whose own channels the examples go to, and users that the examples make members, in the order in which they come
    /// up. On a platform with users whose examples name none, two of the server's own.
    package var users: [String] {
        guard self.definition.auth.mode != .none, let pattern = self.definition.userChannel else { return [] }
        var users: [String] = []
        for example in self.examples {
            let request = PublishRequest(event: example.event, data: example.payload.root)
            var named: [String] = []
            if let routed = try? self.definition.route(request, facts: MemberTable()) {
                named += routed.channels.filter { $0.rules.pattern == pattern }.map { String($0.parameters[0]) }
            }
            named += self.learned(from: example).flatMap(\.users)
            for user in named where !users.contains(user) { users.append(user) }
        }
        return users.isEmpty && self.count > 0 ? ["alice", "bob"] : users
    }

    /// Members for the channels that the examples go to and that no example fills: without them nobody would hear those.
    package var members: [StateChange] {
        let users = self.users.map { UserID($0) }
        guard !users.isEmpty else { return [] }
        let filled = Set(self.examples.flatMap { self.learned(from: $0) }.map(\.channel))
        var channels: [ChannelName] = []
        for example in self.examples {
            for route in self.definition.events[example.event]?.routes ?? [] {
                let name: ChannelName?
                switch route {
                case .membersOf(let source, _, _, _):
                    name = (try? self.definition.channel(source, payload: example.payload.root))?.name
                case .channel(let template, _):
                    let match = try? self.definition.channel(template, payload: example.payload.root)
                    name = match.flatMap { $0.rules.isForMembers ? $0.name : nil }
                case .companionsOf: name = nil
                }
                if let name, !filled.contains(name), !channels.contains(name) { channels.append(name) }
            }
        }
        return channels.map { .addMembers(channel: $0, users: users) }
    }

    /// The channels of which the examples make this user a member, in the order in which they come up.
    package func channels(of user: String) -> [String] {
        var channels: [String] = []
        for change in self.examples.flatMap({ self.learned(from: $0) }) where change.users.contains(user) {
            if !channels.contains(change.channel.rawValue) { channels.append(change.channel.rawValue) }
        }
        return channels
    }

    /// The members that a payload tells of.
    private func learned(from example: Example) -> [(channel: ChannelName, users: [String])] {
        guard let event = self.definition.events[example.event] else { return [] }
        return event.memberEffects.compactMap { effect in
            guard let match = try? self.definition.channel(effect.channel, payload: example.payload.root) else {
                return nil
            }
            guard case .add(let templates) = effect.change else { return (match.name, []) }
            let users = templates.compactMap { try? $0.text(payload: example.payload.root) }
            return (match.name, users)
        }
    }

    /// The payload with its own `timestamp`, if it has one, set to now.
    private static func stamped(_ payload: JSONDocument, now: Timestamp) -> JSONDocument {
        guard payload.root.kind == .object, payload.root["timestamp"]?.kind == .string else { return payload }
        var writer = JSONWriter()
        writer.beginObject()
        for member in payload.root.members {
            writer.key(member.name)
            if member.name == "timestamp" { writer.string(now.description) } else { writer.raw(member.value.rawBytes) }
        }
        writer.endObject()
        return (try? JSONDocument(parsing: writer.bytes)) ?? payload
    }
}

extension ChannelRules {
    /// Nobody but its members may hear it.
    fileprivate var isForMembers: Bool {
        self.subscribe.count == 1 && self.subscribe.contains { if case .member = $0.kind { true } else { false } }
    }
}

extension EventType {
    /// It takes away connections, or members or records without which the other examples would be heard by nobody.
    fileprivate var endsWhatOthersNeed: Bool {
        self.endsConnectionsAfter != nil
            || self.memberEffects.contains { if case .remove = $0.change { true } else { false } }
            || self.recordEffects.contains { if case .remove = $0.change { true } else { false } }
    }
}
