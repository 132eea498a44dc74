// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// Where one event goes, and by which lines of the contract.
package struct RoutedEvent: Sendable {
    package struct Step: Sendable {
        package var location: SourceLocation?
        /// For people.
        package var explanation: String
    }

    /// On whose account an event goes to its channels: whoever publishes it as a client needs a right there.
    package enum Origin: Sendable {
        /// The channel itself, or that whose members it goes to.
        case channel(PlatformDefinition.Match)
        /// The user whose companions it goes to.
        case user(UserID)
    }

    package fileprivate(set) var origins: [Origin] = []
    /// Each once, in the order of the routes.
    package private(set) var channels: [PlatformDefinition.Match] = []
    package fileprivate(set) var steps: [Step] = []
    /// The channels' names, once there are many.
    private var names: Set<ChannelName> = []

    /// A few names are compared faster than they are hashed; many are not.
    private static let fewCount = 16

    /// - Parameter limit: channels that a publication may go to.
    fileprivate mutating func add(_ match: PlatformDefinition.Match, limit: Int) throws(RequestError) {
        if self.channels.count < Self.fewCount {
            if self.channels.contains(where: { $0.name == match.name }) { return }
        } else {
            if self.names.isEmpty { self.names = Set(self.channels.map(\.name)) }
            guard self.names.insert(match.name).inserted else { return }
        }
        guard self.channels.count < limit else {
            throw RequestError(.invalidRequest, "a publication may go to \(limit) channels, this one goes to more")
        }
        self.channels.append(match)
    }

    /// Adds the channels that stand for all of a pattern that the event goes to one of, behind all others.
    fileprivate mutating func addWildcards(isExplained: Bool) {
        for match in self.channels where match.rules.wildcard != nil {
            guard let wildcard = match.rules.wildcard, !self.channels.contains(where: { $0.name == wildcard }) else {
                continue
            }
            var all = match
            all.name = wildcard
            all.parameters = match.rules.pattern.match(wildcard.rawValue) ?? []
            self.channels.append(all)
            if isExplained {
                self.steps.append(
                    .init(
                        location: match.rules.location,
                        explanation: "\(wildcard), as it stands for all of \(match.rules.pattern)"))
            }
        }
    }
}

extension PlatformDefinition {
    /// Works out the channels of a request.
    ///
    /// - Parameters:
    ///   - staged: changes that will have taken effect by then, such as those of earlier requests of one batch.
    ///   - isExplained: collect the steps.
    package func route(
        _ request: PublishRequest,
        facts: MemberTable,
        staged: [StateChange] = [],
        isExplained: Bool = false
    ) throws(RequestError) -> RoutedEvent {
        var routed = RoutedEvent()
        if let channels = request.channels {
            for (index, text) in channels.enumerated() {
                let pointer = JSONPointer().appending(key: "to").appending(index: index)
                let match = try self.target(text, event: request.event, pointer: pointer)
                routed.origins.append(.channel(match))
                try routed.add(match, limit: self.limits.channelsPerPublication)
            }
            if isExplained { routed.steps.append(.init(explanation: "the request names its channels itself")) }
        }
        if let users = request.users { try self.addUserChannels(users, of: request.event, to: &routed) }
        if request.channels == nil && request.users == nil {
            guard let event = self.events[request.event] else { throw self.unknownEvent(request.event) }
            // Nobody would ever find it.
            guard event.inboxAge == nil || !event.routes.isEmpty else {
                throw RequestError(
                    .invalidRequest,
                    "\"\(request.event)\" goes to whom the publisher names: give \"users\", or channels with \"to\"")
            }
            for route in event.routes {
                try self.add(route, of: request, to: &routed, facts: facts, staged: staged, isExplained: isExplained)
            }
        }
        if self.channels.contains(where: { $0.wildcard != nil }) { routed.addWildcards(isExplained: isExplained) }
        return routed
    }

    private func add(
        _ route: EventType.Route,
        of request: PublishRequest,
        to routed: inout RoutedEvent,
        facts: MemberTable,
        staged: [StateChange],
        isExplained: Bool
    ) throws(RequestError) {
        switch route {
        case .channel(let template, let location):
            guard let match = try self.channel(template, payload: request.data) else {
                if isExplained {
                    routed.steps.append(
                        .init(location: location, explanation: "\(template): left out, the payload has no such field"))
                }
                return
            }
            routed.origins.append(.channel(match))
            try routed.add(match, limit: self.limits.channelsPerPublication)
            if isExplained {
                routed.steps.append(
                    .init(
                        location: location,
                        explanation: template.isLiteral ? "always \(match.name)" : "\(template) is \(match.name)"))
            }
        case .membersOf(let source, let target, let exception, let location):
            guard let sourceMatch = try self.channel(source, payload: request.data) else { return }
            routed.origins.append(.channel(sourceMatch))
            var members = facts.members(of: sourceMatch.name, staged: staged)
            if let left = try exception.flatMap({ template throws(RequestError) in
                try self.text(template, payload: request.data)
            }) {
                members.removeAll { $0 == UserID(left) }
            }
            for member in members {
                guard let match = try self.channel(target, payload: request.data, member: member) else { continue }
                try routed.add(match, limit: self.limits.channelsPerPublication)
                if isExplained {
                    routed.steps.append(
                        .init(
                            location: location,
                            explanation: "\(target) is \(match.name), as \(member) is a member of \(sourceMatch.name)"))
                }
            }
            if isExplained && members.isEmpty {
                routed.steps.append(.init(location: location, explanation: "\(sourceMatch.name) has no members"))
            }
        case .companionsOf(let template, let pattern, let target, let location):
            guard let text = try self.text(template, payload: request.data) else { return }
            let user = UserID(text)
            routed.origins.append(.user(user))
            for companion in facts.companions(of: user, in: pattern) {
                guard let match = try self.channel(target, payload: request.data, member: companion) else { continue }
                try routed.add(match, limit: self.limits.channelsPerPublication)
                if isExplained {
                    let explanation = "\(target) is \(match.name), as \(companion) shares a \(pattern) with \(user)"
                    routed.steps.append(.init(location: location, explanation: explanation))
                }
            }
        }
    }

    /// The channel that a template names for this payload.
    ///
    /// - Returns: `nil` when the template is optional and a field is missing.
    package func channel(
        _ template: NameTemplate, payload: JSONNode, member: UserID? = nil
    ) throws(RequestError) -> Match? {
        guard let text = try self.text(template, payload: payload, member: member) else { return nil }
        guard let match = self.match(text) else {
            throw RequestError(
                .invalidPayload, "\(template) becomes \"\(text)\", which no channel of this platform matches",
                pointer: template.firstField.map { JSONPointer().appending(key: "data").appending(contentsOf: $0) })
        }
        return match
    }

    func text(_ template: NameTemplate, payload: JSONNode, member: UserID? = nil) throws(RequestError) -> String? {
        let keys: [String]
        do throws(NameTemplate.Failure) {
            return try template.text(payload: payload, member: member)
        } catch {
            switch error {
            case .field(let missing): keys = missing
            }
        }
        throw RequestError(
            .invalidPayload,
            "\(template) needs \(keys.joined(separator: ".")), which must be a number or a text that is not empty",
            pointer: JSONPointer().appending(key: "data").appending(contentsOf: keys))
    }

    private func target(_ text: String, event: String, pointer: JSONPointer) throws(RequestError) -> Match {
        guard let match = self.match(text) else {
            throw RequestError(
                .invalidChannel, "no channel of this platform is named \"\(text)\"", pointer: pointer, channel: text)
        }
        guard self.events[event] != nil || match.rules.accepts(undeclared: event) else {
            throw self.unknownEvent(event, at: match.rules)
        }
        return match
    }

    private func addUserChannels(
        _ users: [String],
        of event: String,
        to routed: inout RoutedEvent
    ) throws(RequestError) {
        guard let pattern = self.userChannel else {
            throw RequestError(
                .invalidRequest, "this platform has no channel that belongs to one user; name channels with \"to\"",
                pointer: JSONPointer().appending(key: "users"))
        }
        for (index, user) in users.enumerated() {
            let name = pattern.parts.map { part in
                switch part {
                case .literal(let text): text
                case .parameter: user
                }
            }.joined()
            guard !user.isEmpty, let match = self.match(name) else {
                throw RequestError(
                    .invalidChannel, "\"\(user)\" is not the id of a user",
                    pointer: JSONPointer().appending(key: "users").appending(index: index), channel: name)
            }
            guard self.events[event] != nil || match.rules.accepts(undeclared: event) else {
                throw self.unknownEvent(event, at: match.rules)
            }
            routed.origins.append(.channel(match))
            try routed.add(match, limit: self.limits.channelsPerPublication)
        }
    }

    /// - Parameter channel: which the request names; it may take others that have a certain form.
    func unknownEvent(_ name: String, at channel: ChannelRules? = nil) -> RequestError {
        var form: String?
        if let channel, channel.acceptsUndeclaredEvents, let pattern = channel.undeclaredEvents {
            form = "; \(channel.pattern) takes others whose names have the form \(pattern)"
        }
        return RequestError(
            .unknownEvent,
            "the contract has no event \"\(name)\"\(form ?? Spelling.question(for: name, among: self.events.keys))",
            pointer: JSONPointer().appending(key: "event"))
    }
}

extension NameTemplate {
    fileprivate var firstField: [String]? {
        for case .field(let keys) in self.parts { return keys }
        return nil
    }
}

extension JSONPointer {
    func appending(contentsOf keys: [String]) -> JSONPointer {
        JSONPointer(self.tokens + keys)
    }
}
