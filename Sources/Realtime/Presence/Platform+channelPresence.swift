// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore

extension Platform {
    /// Counts a subscription to a channel where it is counted who is online.
    func came(_ identity: Identity, to channel: ChannelName) {
        self.channelPresence.came(identity, to: channel, at: self.clock.now()) { self.tell($0) }
    }

    /// - Parameter grace: milliseconds for which the user stays online with his last subscription gone.
    func left(_ user: UserID, _ channel: ChannelName, grace: Int64) {
        self.channelPresence.left(user, channel, at: self.clock.now(), grace: grace) { self.tell($0) }
    }

    /// Publishes that a user came or went. On one loop, so that changes are published in the order in which they are told here.
    func tell(_ change: ChannelPresenceTable.Change) {
        self.notePresence(of: change.presence.identity, isOnline: change.isOnline, in: change.channel)
        guard let loop = self.eventLoops.first else { return }
        loop.execute {
            guard !self.isClosed else { return }
            let match = self.definition.match(change.channel.rawValue)
            guard let rules = match?.rules.presence, let words = change.isOnline ? rules.online : rules.offline else {
                return
            }
            var scope = TemplateScope(now: self.clock.now())
            scope.identity = change.presence.identity
            scope.channel = change.channel.rawValue
            scope.channelPattern = match?.rules.pattern
            guard let data = try? JSONDocument(parsing: words.data.rendered(in: scope)) else { return }
            var request = PublishRequest(event: words.event, data: data.root, channels: [change.channel.rawValue])
            request.isEphemeral = true
            request.except = change.presence.user
            self.publish([request]) { result in
                guard case .failure(let failure) = result else { return }
                self.report("who is in \(change.channel) could not be published: \(failure.error.message)")
            }
        }
    }
}
