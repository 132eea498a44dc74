// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// What a client may send.
package struct CommandOutline: Sendable {
    /// A template of what the client gets back under an event's name.
    package struct Emission: Sendable, Equatable {
        package var event: String
        /// JSON text.
        package var template: String
    }

    package var name: String
    /// The operation: `subscribe`, `publish`, `reply`, …
    package var does: String
    /// Apps send it over their connections, and nobody else.
    package var isForApps: Bool
    /// JSON Schema of the message, or of a Socket.IO event's first argument; `nil`: any object.
    package var schema: String?
    /// The channels that it is about, as the contract writes them.
    package var channels: [String]
    /// Of `publish`: the event, which may have places.
    package var event: String?
    /// Templates as JSON text; `nil`: the contract writes none.
    package var reply: String?
    package var each: String?
    package var ack: String?
    package var fail: String?
    package var emits: [Emission]
    package var emitsWithoutAck: [Emission]
    /// Everything that the contract says of it, as JSON text.
    package var rule: String
    package var location: SourceLocation
}
