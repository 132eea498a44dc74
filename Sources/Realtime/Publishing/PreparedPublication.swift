// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// A publication that passed every check: where it goes and what has to be kept before anybody hears of it.
struct PreparedPublication: Sendable {
    var event: String
    var data: JSONNode
    /// `nil`, as for `time`: given when the publication gets its place.
    var id: String?
    var time: Timestamp?
    var channels: [PlatformDefinition.Match]
    /// Changes of members and waits. Those of records and history depend on the publication's place and are made there.
    var changes: [StateChange] = []
    var records: [(channel: ChannelName, change: RecordTable.Change)] = []

    var hasHistory: Bool { self.channels.contains { $0.rules.history != nil } }

    /// It has to be kept before it may be delivered and answered.
    var isDurable: Bool { !self.changes.isEmpty || !self.records.isEmpty || self.hasHistory }

    var channelNames: [ChannelName] { self.channels.map(\.name) }
}
