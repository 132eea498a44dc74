// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One event that the server sent, with its payload as a type.
///
/// The payload's members are this value's own: `event.orderId`.
@dynamicMemberLookup
public struct Received<Payload: Sendable>: Sendable {
    /// The event's name, as the server spells it.
    public let name: String
    /// What the event says.
    public let payload: Payload
    /// What the server says of it beside the payload, where it does.
    public let id: String?
    /// When it was published, as the server spells it.
    public let time: String?
    /// Its place among the events of the connection, for those that asked for it.
    public let position: String?
    /// How many events of the same sequence were dropped before this one, since the one before, because they were not taken in time.
    public let droppedCount: Int

    /// A member of the payload.
    public subscript<Value>(dynamicMember member: KeyPath<Payload, Value>) -> Value { self.payload[keyPath: member] }
}
