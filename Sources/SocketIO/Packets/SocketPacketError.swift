// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a message is no packet of Socket.IO 5. The connection that it came on ends; nothing is sent about it.
package struct SocketPacketError: Error, Equatable, CustomStringConvertible {
    /// In words for a line of the log; nothing of what the client sent is in it.
    package let reason: String

    init(_ reason: String) { self.reason = reason }

    package var description: String { self.reason }
}
