// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// An event that clients get.
package struct EventOutline: Sendable {
    package var name: String
    package var description: String?
    /// JSON Schema of the payload as JSON text; `nil`: anything.
    package var schema: String?
    /// Where it goes, in words, in the order of the contract; none: whoever publishes it says.
    package var routes: [String]
    /// The patterns of the channels that it may go to; none where the publisher names them.
    package var channels: [String]
    /// Payloads as JSON texts.
    package var examples: [String]
    /// The app whose event it is; `nil`: the platform's own.
    package var app: String?
    /// How long it is kept for users who are away: `30d`; `nil`: not at all.
    package var kept: String?
    /// It stands in no history.
    package var isEphemeral: Bool
    /// What else is to be known, in words: when the server publishes it by itself, what follows from it, how it ends.
    package var notes: [String]
    package var location: SourceLocation
    /// Last known states that it replaces: the channel, as the contract writes it, and the state as a template.
    package var records: [Record] = []

    package struct Record: Sendable, Equatable {
        package var channel: String
        /// JSON text.
        package var template: String
    }

    package var isApp: Bool { self.app != nil }
}
