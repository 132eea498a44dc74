// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension PlatformDefinition {
    /// A Socket.IO namespace with its rules and the values of its pattern's parameters.
    package struct NamespaceMatch: Sendable {
        package var rules: NamespaceRules
        package var parameters: [String: String]
    }

    /// - Parameter listener: its place among the contract's.
    /// - Returns: `nil` when the listener has no such namespace.
    package func namespace(_ name: String, ofListener listener: Int) -> NamespaceMatch? {
        guard self.listeners.indices.contains(listener),
            case .socketIO(let namespaces) = self.listeners[listener].endpoint
        else { return nil }
        for rules in namespaces {
            guard let values = rules.pattern.match(name) else { continue }
            let parameters = zip(rules.pattern.parameters, values.map(String.init))
            return NamespaceMatch(rules: rules, parameters: Dictionary(parameters, uniquingKeysWith: { $1 }))
        }
        return nil
    }
}

extension Platform {
    /// Whether a user may join a namespace, and the channels that he is then subscribed to.
    package func admit(
        _ identity: Identity?, to match: PlatformDefinition.NamespaceMatch, of definition: PlatformDefinition,
        connection: UInt64
    ) -> Result<[ChannelName], RequestError> {
        guard self.mayJoin(match.rules, identity, definition) else {
            return .failure(RequestError(.forbidden, "not authorized to join this namespace"))
        }
        var scope = TemplateScope(now: self.clock.now())
        scope.identity = identity
        scope.connectionNumber = connection
        scope.pathParameters = match.parameters
        var channels: [ChannelName] = []
        for text in match.rules.joins.names(in: scope) {
            switch self.authorizeJoin(text, identity, definition) {
            case .failure(let error): return .failure(error)
            case .success(let name): channels.append(name)
            }
        }
        return .success(channels)
    }

    private func mayJoin(_ rules: NamespaceRules, _ identity: Identity?, _ definition: PlatformDefinition) -> Bool {
        guard !rules.require.isEmpty, let name = ChannelName("/") else { return true }
        // The same rights as of channels, none of which is about a channel's members.
        let channel = ChannelRules(pattern: rules.pattern, subscribe: rules.require, location: rules.location)
        let match = PlatformDefinition.Match(name: name, rules: channel, parameters: [], mode: definition.auth.mode)
        return match.decide(for: identity, facts: self.members).isAllowed
    }

    private func authorizeJoin(
        _ text: String, _ identity: Identity?, _ definition: PlatformDefinition
    ) -> Result<ChannelName, RequestError> {
        guard let match = definition.match(text) else { return .failure(.invalidChannel(text)) }
        // First, as nobody has a right to what is not there.
        guard !match.rules.existsByRecord || self.records[match.name] != nil else { return .failure(.noChannel(text)) }
        if !match.rules.isInternal, let error = self.refusal(to: match, for: identity) { return .failure(error) }
        return .success(match.name)
    }
}
