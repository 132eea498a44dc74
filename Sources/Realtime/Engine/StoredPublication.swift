// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A publication in a channel's kept history.
package struct StoredPublication: Sendable, Equatable {
    package var channel: ChannelName
    /// Counts the channel's kept publications from 1; 0 in a change that the engine has yet to number.
    package var offset: UInt64
    package var id: String
    /// The server's own id of it, by which publications are in order; the same as `id` unless the publisher brought that.
    package var position: String
    package var event: String
    package var time: Timestamp
    /// JSON text, as it was published.
    package var data: [UInt8]

    package init(
        channel: ChannelName,
        offset: UInt64,
        id: String,
        position: String? = nil,
        event: String,
        time: Timestamp,
        data: [UInt8]
    ) {
        self.channel = channel
        self.offset = offset
        self.id = id
        self.position = position ?? id
        self.event = event
        self.time = time
        self.data = data
    }
}
