// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An event that the server publishes by itself, once a number of other events has come or a time is over.
package struct WaitRule: Sendable {
    /// The event that is held back.
    package var event: String
    /// The event that is counted.
    package var trigger: String
    /// Tells one wait from another, from the trigger's payload.
    package var key: NameTemplate
    /// Tells one counted event from another: the same item counts once.
    package var item: NameTemplate
    /// Different items that end the wait.
    package var count: Int
    /// Milliseconds from the first item to the end of the wait.
    package var within: Int64
    /// The payload to publish, from the payload of the last event counted.
    package var data: Template
    package var location: SourceLocation

    package init(
        event: String,
        trigger: String,
        key: NameTemplate,
        item: NameTemplate,
        count: Int,
        within: Int64,
        data: Template,
        location: SourceLocation
    ) {
        self.event = event
        self.trigger = trigger
        self.key = key
        self.item = item
        self.count = count
        self.within = within
        self.data = data
        self.location = location
    }
}
