// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Session {
    /// Makes the subscriptions that the contract wants for every connection. They count towards no limit.
    package func joinContractChannels() {
        let joins = self.hub.rules.definition.joins
        guard !joins.isEmpty, self.takesContractJoins else { return }
        var scope = TemplateScope(now: self.connectedAt)
        self.fill(&scope)
        for join in joins {
            switch join {
            case .channels(let source, let endsWithSubscribe, _):
                for text in [source].names(in: scope) {
                    self.joinUnlessJoined(text, endsWithSubscribe: endsWithSubscribe)
                }
            case .memberOf: break
            }
        }
        self.joinMemberChannels()
    }

    /// Makes those of ``namespaceJoins`` that are missing.
    package func joinNamespaceChannels() {
        for channel in self.namespaceJoins where self.isOpen && !self.isSubscribed(to: channel) {
            self.join(channel)
            self.audit(.subscribe, channel: channel.rawValue, reason: "contract")
        }
    }

    /// Makes those that follow from what the user is a member of, as far as they are missing.
    func joinMemberChannels() {
        guard self.takesContractJoins, let user = self.identity?.user else { return }
        for case .memberOf(let pattern, _) in self.hub.rules.definition.joins {
            for channel in self.platform.members.channels(of: user, in: pattern) {
                self.joinUnlessJoined(channel.rawValue)
            }
        }
    }

    /// Whether a contract has the server join this connection to the channel.
    func isContractJoin(_ channel: ChannelName, of definition: PlatformDefinition) -> Bool {
        if self.namespaceJoins.contains(channel) { return true }
        guard self.takesContractJoins else { return false }
        var scope = TemplateScope(now: self.connectedAt)
        self.fill(&scope)
        return definition.joins.contains { join in
            switch join {
            case .channels(let source, _, _): [source].names(in: scope).contains(channel.rawValue)
            case .memberOf(let pattern, _):
                pattern.match(channel.rawValue) != nil
                    && self.identity.map { self.platform.members.contains($0.user, in: channel) } == true
            }
        }
    }

    private func joinUnlessJoined(_ text: String, endsWithSubscribe: Bool = false) {
        guard self.isOpen, let match = self.hub.rules.definition.match(text), !self.isSubscribed(to: match.name) else {
            return
        }
        if !match.rules.isInternal, self.platform.refusal(to: match, for: self.identity) != nil {
            guard self.platform.mustAsk(match, for: self.identity) else { return }
            return self.whenAnswered([match]) { $0.joinUnlessJoined(text, endsWithSubscribe: endsWithSubscribe) }
        }
        if endsWithSubscribe {
            guard self.selection?.chosen.contains(match.rules.pattern.description) != true else { return }
            self.selection = self.selection ?? ChannelSelection()
            self.selection?.untilSubscribe.insert(match.name)
        }
        self.joinNotingPosition(match)
        self.audit(.subscribe, channel: text, reason: "contract")
    }

    /// Joins; of a channel with a history it is noted where that stood, for a client that asks for what was before.
    private func joinNotingPosition(_ match: PlatformDefinition.Match) {
        guard match.rules.isRecoverable, self.isToldPositions, let rules = match.rules.history else {
            return self.join(match.name)
        }
        if let history = self.readAndJoin(match.name, rules) {
            self.joinPositions[match.name] = history.publications.last?.position ?? history.floor
        } else if self.isOpen {
            // Kept in the store alone: what is being delivered right now may come twice.
            self.join(match.name)
            self.joinPositions[match.name] = self.platform.nextStamp().id
        }
    }
}
