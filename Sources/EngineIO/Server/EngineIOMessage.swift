// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What one side of a session says to the other.
public enum EngineIOMessage: Hashable, Sendable {
    /// Any text without the character U+001E, which separates messages that are polled.
    case text(String)
    /// Any bytes, or none.
    case binary([UInt8])
}
