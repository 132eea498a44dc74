// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An app of the contract's manifest. Its key and its webhook are nobody's to see.
package struct AppOutline: Sendable {
    package var id: String
    package var name: String?
    package var prefixes: [String]
    package var permissions: [String]
    /// The rooms that it may publish into; `nil`: all.
    package var rooms: [String]?
    /// In the order of their names. Their schemas refer to nothing outside themselves.
    package var events: [EventOutline]
}
