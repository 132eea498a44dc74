// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How frames of one channel wait for a client that reads slowly. Made once for all subscribers of a run of frames.
package struct Queueing: Sendable {
    /// One frame of a run.
    package struct Frame: Sendable {
        package var byteCount: Int
        /// Of waiting frames of the channel with the same key only the newest stays; `nil`: this one stays.
        package var key: UInt64?

        package init(byteCount: Int, key: UInt64? = nil) {
            self.byteCount = byteCount
            self.key = key
        }
    }

    /// Tells one channel's frames from those of others, on one loop.
    package var channel: UInt64
    /// The frames of the run, in order.
    package var frames: [Frame]

    package init(channel: UInt64, frames: [Frame]) {
        self.channel = channel
        self.frames = frames
    }
}
