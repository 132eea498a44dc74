// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// Whether a user may subscribe to a channel, or publish there as a client, and every step that led there.
package struct SubscribeDecision: Sendable {
    /// What somebody wants to do with a channel.
    package enum Action: String, Sendable { case subscribe, publish }

    package struct Step: Sendable {
        package var location: SourceLocation
        package var isFulfilled: Bool
        /// For people.
        package var explanation: String
    }

    package var isAllowed: Bool
    /// The rules that were looked at, in order; only filled when it was asked for.
    package var steps: [Step]
}

extension PlatformDefinition.Match {
    /// Applies the channel's rules to a user, but for what only the backend knows.
    ///
    /// - Parameter isExplained: collect the steps; the decision is the same.
    package func decide(
        _ action: SubscribeDecision.Action = .subscribe,
        for identity: Identity?,
        facts: MemberTable,
        isExplained: Bool = false
    ) -> SubscribeDecision {
        var steps: [SubscribeDecision.Step] = []
        for rule in action == .subscribe ? self.rules.subscribe : self.rules.clientPublish {
            let isFulfilled = self.isFulfilled(rule, for: identity, facts: facts)
            if isExplained {
                let explanation = self.explanation(of: rule, of: action, for: identity, isFulfilled: isFulfilled)
                steps.append(.init(location: rule.location, isFulfilled: isFulfilled, explanation: explanation))
            }
            if isFulfilled { return SubscribeDecision(isAllowed: true, steps: steps) }
        }
        return SubscribeDecision(isAllowed: false, steps: steps)
    }

    /// Whether a client may publish here. An internal channel is the server's own, whatever rights it names.
    func mayPublish(_ identity: Identity?, facts: MemberTable) -> Bool {
        !self.rules.isInternal
            && self.rules.clientPublish.contains { self.isFulfilled($0, for: identity, facts: facts) }
    }

    private func isFulfilled(_ rule: SubscribeRule, for identity: Identity?, facts: MemberTable) -> Bool {
        switch rule.kind {
        case .everyone: return true
        case .member:
            guard let identity else { return false }
            return facts.contains(identity.user, in: self.name)
        case .memberOf(let template):
            guard let identity, let channel = self.text(of: template).flatMap({ ChannelName($0) }) else { return false }
            return facts.contains(identity.user, in: channel)
        case .user(let template):
            guard let identity, let user = self.text(of: template) else { return false }
            return identity.user == UserID(user)
        case .role(let role): return identity?.roles.contains(role) == true
        case .claims(let claims): return claims.allSatisfy { identity?.hasClaim($0.key, among: $0.value) == true }
        case .mode(let mode): return mode == self.mode
        // What the backend has said stands in the platform's ``AskedRights``.
        case .ask: return false
        }
    }

    private func text(of template: NameTemplate) -> String? {
        try? template.text(parameters: self.parameters)
    }

    private func explanation(
        of rule: SubscribeRule, of action: SubscribeDecision.Action, for identity: Identity?, isFulfilled: Bool
    ) -> String {
        let user = identity.map { "user \"\($0.user)\"" } ?? "a connection without a user"
        let verb = isFulfilled ? "" : "not "
        switch rule.kind {
        case .everyone: return "everyone may \(action.rawValue)"
        case .member: return "\(user) is \(verb)a member of \"\(self.name)\""
        case .memberOf(let template): return "\(user) is \(verb)a member of \"\(self.text(of: template) ?? "")\""
        case .user(let template):
            return "\(user) is \(verb)the user \"\(self.text(of: template) ?? "")\" that the name holds"
        case .claims(let claims):
            let wanted = claims.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.joined(separator: " or "))" }
            return "the claims of \(user) \(isFulfilled ? "have" : "do not have") \(wanted.joined(separator: ", "))"
        case .mode(let mode): return "auth.mode is \(verb)\(mode.rawValue)"
        case .ask(let rule): return "the backend at \(rule.url) is asked, and what it says counts"
        case .role(let role): return "the token gives \(user) \(isFulfilled ? "the" : "no") role \"\(role)\""
        }
    }
}

extension Identity {
    /// Whether a claim is one of these texts, or an array that holds one of them.
    fileprivate func hasClaim(_ name: String, among values: [String]) -> Bool {
        guard let claim = self.claims?.root[name] else { return false }
        if let text = claim.string { return values.contains(text) }
        return claim.kind == .array && claim.elements.contains { $0.string.map(values.contains) == true }
    }
}
