// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension PlatformDefinition {
    /// Where a client that asks for nothing in particular listens: the user's own channel, and every channel of one name
    /// that is open to everyone.
    func usualChannels(of user: String?) -> [String] {
        var channels: [String] = []
        if let user, let pattern = self.userChannel {
            channels.append(
                pattern.parts.map { part in
                    switch part {
                    case .literal(let text): text
                    case .parameter: user
                    }
                }.joined())
        }
        for rules in self.channels where rules.pattern.parameters.isEmpty {
            if rules.subscribe.contains(where: { if case .everyone = $0.kind { true } else { false } }) {
                channels.append(rules.pattern.description)
            }
        }
        return channels
    }
}
