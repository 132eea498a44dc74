// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which services a platform watches, and what it tells of them (`monitor:`).
package struct MonitorRules: Sendable {
    /// An event that is published by itself, with its payload.
    package struct Announcement: Sendable {
        package var event: String
        /// Filled with the facts of a service, see ``ServiceFacts``.
        package var data: Template

        package init(event: String, data: Template) {
            self.event = event
            self.data = data
        }
    }

    /// Milliseconds between two questions to a service, unless it has an interval of its own.
    package var every: Int64 = 10_000
    /// Milliseconds that a service has for its whole answer.
    package var deadline: Int64 = 5_000
    /// Milliseconds without an answer or a report after which a service counts as removed.
    package var lost: Int64 = 30_000
    /// Every report is published, and not only changes of the status (ORI-D04).
    package var tellsAll = false
    /// Those that the contract names.
    package var services: [MonitoredService] = []
    /// What a service's health is told with. It writes the record whose `status` is compared with the next report.
    package var update: Announcement
    package var discovered: Announcement?
    package var removed: Announcement?
    package var metrics: Announcement?

    package init(update: Announcement) { self.update = update }
}
