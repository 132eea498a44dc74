// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An event that the server publishes because of another one, in the same commit.
package struct DerivedEvent: Sendable {
    package var event: String
    /// Where it goes, from the payload of the event that it follows from; both empty: where its own event says.
    package var channels: [NameTemplate] = []
    package var users: [NameTemplate] = []
    /// Its payload, from that payload. May name a fresh id, which is then the publication's.
    package var data: Template
    package var usesNewID = false

    package init(event: String, data: Template) {
        self.event = event
        self.data = data
    }
}
