// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Channels with one name for all of them (`ChannelRules.wildcard`), and subscriptions of the contract that last until the client
/// subscribes by himself.
extension Session {
    /// The client chooses a channel: what the contract chose for him ends, and the channel is no exception any more.
    func choose(_ match: PlatformDefinition.Match) {
        let pattern = match.rules.pattern
        if let wildcard = match.rules.wildcard, self.selection?.exceptions.remove(match.name) != nil {
            self.subscription(to: wildcard)?.channel.includeAgain(self, in: match.name)
        }
        guard self.hub.rules.definition.joinsUntilSubscribe,
            self.selection?.chosen.contains(pattern.description) != true
        else { return }
        self.selection = self.selection ?? ChannelSelection()
        self.selection?.chosen.insert(pattern.description)
        for name in self.selection?.untilSubscribe ?? [] where pattern.match(name.rawValue) != nil {
            self.selection?.untilSubscribe.remove(name)
            if name != match.name, let channel = self.subscription(to: name)?.channel { self.leave(channel) }
        }
    }

    /// The client has left a channel of a pattern with a name for all: by that name he has left them all, any other one becomes an
    /// exception while he has that name.
    ///
    /// - Returns: why it cannot be one.
    func leaveSelection(_ match: PlatformDefinition.Match) -> RequestError? {
        if match.isWildcard {
            for channel in self.subscriptions.map(\.channel)
            where match.rules.pattern.match(channel.name.rawValue) != nil { self.leave(channel) }
            if self.hub.rules.definition.joinsUntilSubscribe {
                self.selection = self.selection ?? ChannelSelection()
                self.selection?.chosen.insert(match.rules.pattern.description)
                self.selection?.untilSubscribe.remove(match.name)
            }
            return nil
        }
        guard let wildcard = match.rules.wildcard, let all = self.subscription(to: wildcard)?.channel,
            self.selection?.exceptions.contains(match.name) != true
        else { return nil }
        if let refusal = self.admitAnother(match.name.rawValue) { return refusal }
        self.except(match.name, from: all)
        return nil
    }

    private func except(_ name: ChannelName, from all: LoopChannel) {
        self.selection = self.selection ?? ChannelSelection()
        self.selection?.exceptions.insert(name)
        all.except(self, from: name)
    }

    /// A channel is left, and with it the exceptions from it.
    func forgetExceptions(in channel: LoopChannel) {
        guard channel.hasExceptions, let exceptions = self.selection?.exceptions else { return }
        for name in exceptions where channel.includeAgain(self, in: name) { self.selection?.exceptions.remove(name) }
    }

    /// Whether the client is subscribed by the contract alone, until he subscribes by himself.
    func isJoinedUntilSubscribe(_ name: ChannelName) -> Bool {
        self.selection?.untilSubscribe.contains(name) == true
    }

    /// Takes over what the client had chosen on an earlier connection, when his subscriptions have been made again.
    package func restore(_ selection: ChannelSelection) {
        var restored = selection
        restored.exceptions = []
        restored.untilSubscribe.formIntersection(self.channelNames)
        self.selection = restored
        for name in selection.exceptions {
            guard let wildcard = self.hub.rules.definition.match(name.rawValue)?.rules.wildcard,
                let all = self.subscription(to: wildcard)?.channel
            else { continue }
            self.except(name, from: all)
        }
    }

    /// What the client has chosen, to be restored on a later connection; `nil`: nothing.
    package var channelSelection: ChannelSelection? { self.selection }
}

extension PlatformDefinition {
    /// Some subscription of the contract ends with the client's own.
    var joinsUntilSubscribe: Bool {
        self.joins.contains { if case .channels(_, true, _) = $0 { true } else { false } }
    }
}
