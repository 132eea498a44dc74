// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// A namespace of a Socket.IO endpoint.
package struct NamespaceOutline: Sendable {
    /// A name or a pattern: `/rooms/{roomId}`.
    package var name: String
    /// Who may join, in words; one of them suffices, none: whoever is connected.
    package var requirements: [String]
    /// Channels that joining subscribes to, as the contract writes them.
    package var joins: [String]
    /// Here apps connect, and nobody else.
    package var isForApps: Bool
    package var location: SourceLocation
}
