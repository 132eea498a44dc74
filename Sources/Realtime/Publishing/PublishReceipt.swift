// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What became of a publication.
package struct PublishReceipt: Sendable {
    package var id: String
    package var time: Timestamp
    package var channels: [ChannelName]
    /// Connections that it was handed to; `nil` for a repetition of an earlier request, which is not delivered again.
    package var receivers: Int?
}
