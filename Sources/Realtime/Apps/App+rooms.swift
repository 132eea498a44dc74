// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension App {
    /// Whether it may publish into a room and be called from there.
    func takesPart(in room: String) -> Bool { self.rooms?.contains { $0.hasSameBytes(as: room) } != false }
}

extension PlatformDefinition.Match {
    /// The room of apps that the channel is; `nil`: it is none.
    func room(under rules: AppRules) -> String? {
        guard self.rules.pattern == rules.channel, !self.isWildcard else { return nil }
        return self.parameters.first.map { String($0) }
    }
}
