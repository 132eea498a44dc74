// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What becomes of events that a loop over a sequence does not take as fast as they come.
public enum EventBuffering: Sendable, Equatable {
    /// So many wait, at least one. One more, and the oldest is dropped; the next element says how many were (`Received.droppedCount`).
    case newest(Int)
    /// Nothing is dropped: when so many wait, nothing more is taken from the connection, for no sequence of the client, until half of them
    /// are gone. What has been read already may still come on top. A server closes connections that are not read from for too long.
    case everything(Int)

    var limit: Int {
        switch self {
        case .newest(let count), .everything(let count): max(1, count)
        }
    }

    var dropsOldest: Bool {
        switch self {
        case .newest: true
        case .everything: false
        }
    }
}
