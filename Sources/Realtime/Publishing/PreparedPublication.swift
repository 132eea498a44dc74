// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// A publication that passed every check: where it goes and what has to be kept before anybody hears of it.
struct PreparedPublication: Sendable {
    var event: String
    var data: JSONNode
    var id: String?
    var time: Timestamp?
    var channels: [PlatformDefinition.Match]
    var changes: [StateChange]

    /// It has to be kept before it may be delivered and answered.
    var isDurable: Bool { !self.changes.isEmpty || self.channels.contains { $0.rules.history != nil } }

    var channelNames: [ChannelName] { self.channels.map(\.name) }
}
