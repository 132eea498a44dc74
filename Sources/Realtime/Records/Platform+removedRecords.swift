// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Platform {
    /// Ends the subscriptions to channels that exist by their record and have lost it. Without a word: what was delivered before
    /// said it.
    func endChannels(removedBy changes: [StateChange]) {
        let definition = self.definition
        for case .setRecord(let channel, nil) in changes
        where definition.match(channel.rawValue)?.rules.existsByRecord == true { self.endSubscriptions(to: channel) }
    }
}

extension LoopHub {
    func endSubscriptions(to name: ChannelName) {
        // Made anew meanwhile, it is there for those who still may hear it.
        guard let channel = self.channel(name), self.platform.records[name] == nil else { return }
        let pattern = self.rules.definition.match(name.rawValue)?.rules.pattern
        for session in channel.sessions {
            session.endSubscription(to: channel, pattern: pattern, isTold: false, reason: "removed")
        }
    }
}
