// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The payload of one of a contract's events, under the event's name.
///
/// `switchboard generate swift` writes one for each event of a contract; by hand it is a struct with the payload's members.
/// Dates are read from texts by ISO 8601, with a fraction of a second or without one.
public protocol ServerEvent: Decodable, Sendable {
    /// As the server spells it: `order.created`.
    static var eventName: String { get }
}
