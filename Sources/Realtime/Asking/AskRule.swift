// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A right that the platform's own backend decides about, for each user and channel.
package struct AskRule: Sendable, Hashable {
    package var url: String
    /// What the question is signed with.
    package var secret: String
    /// How long an answer holds that does not say so itself, in milliseconds.
    package var cache: Int64 = 30_000
    /// How long the backend has for an answer, in milliseconds, also for questions that wait in line.
    package var deadline: Int64 = 2000
    /// While the backend does not answer everybody may.
    package var allowsWhenDown = false

    package init(url: String, secret: String) {
        self.url = url
        self.secret = secret
    }
}

extension ChannelRules {
    /// A pattern has one at most.
    package var ask: AskRule? {
        for rule in self.subscribe { if case .ask(let ask) = rule.kind { return ask } }
        return nil
    }
}
