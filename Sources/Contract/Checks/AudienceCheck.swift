// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Finds events with an inbox that go to channels of which nobody can say who hears them.
struct AudienceCheck {
    let channels: [ChannelRules]
    let faults: FaultCollector

    /// - Parameter location: of the event's `inbox`.
    func check(_ event: EventType, at location: SourceLocation) {
        for target in event.targets {
            for rules in self.rules(of: target) where !Self.hasKnownAudience(rules) {
                self.faults.error(
                    "nobody can say for whom \(event.name) is kept: who hears \"\(rules.pattern)\" is not known",
                    at: location,
                    hint:
                        "an inbox is for channels that all hear (subscribe: everyone, and no parameters), for a channel's "
                        + "own members, or for one user: { user: \"{userId}\" }")
            }
        }
    }

    /// Those that the names of a template may belong to; one that catches every name only where there is no other.
    private func rules(of template: NameTemplate) -> [ChannelRules] {
        let names = template.pattern
        let found = self.channels.filter { !$0.pattern.catchesAll && $0.pattern.overlaps(names) }
        return found.isEmpty ? self.channels.filter(\.pattern.catchesAll) : found
    }

    private static func hasKnownAudience(_ rules: ChannelRules) -> Bool {
        !rules.subscribe.isEmpty
            && rules.subscribe.allSatisfy { rule in
                switch rule.kind {
                case .everyone: rules.pattern.parameters.isEmpty
                case .member: true
                // The store looks for a user's own channel by its name, so the name must be the user and nothing else.
                case .user(let template): template.parts.count == 1 && rules.pattern.parameters.count == 1
                // Who is a member of another channel, the store does not ask.
                case .memberOf, .role, .claims, .mode, .ask: false
                }
            }
    }
}
