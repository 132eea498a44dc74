// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Session {
    /// Makes the subscriptions that the contract wants for every connection. They count towards no limit.
    package func joinContractChannels() {
        let joins = self.platform.definition.joins
        guard !joins.isEmpty else { return }
        var scope = TemplateScope(now: self.connectedAt)
        self.fill(&scope)
        for case .channel(let template, _) in joins {
            guard let text = template.text(in: scope) else { continue }
            self.joinUnlessJoined(text)
        }
        self.joinMemberChannels()
    }

    /// Makes those that follow from what the user is a member of, as far as they are missing.
    func joinMemberChannels() {
        guard let user = self.identity?.user else { return }
        for case .memberOf(let pattern, _) in self.platform.definition.joins {
            for channel in self.platform.members.channels(of: user, in: pattern) {
                self.joinUnlessJoined(channel.rawValue)
            }
        }
    }

    private func joinUnlessJoined(_ text: String) {
        guard self.isOpen, let match = self.platform.definition.match(text), !self.isSubscribed(to: match.name),
            match.rules.isInternal || match.decide(for: self.identity, facts: self.platform.members).isAllowed
        else { return }
        self.join(match.name)
    }
}
