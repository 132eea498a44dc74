// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// An event as it came, read no further than to know whom it is for.
struct EventRecord: Sendable {
    let name: String
    /// `nil` where the frame has no payload.
    let data: JSONNode?
    /// The whole frame, or the array of an event's name and arguments.
    let frame: JSONNode

    private static let null = Array("null".utf8)[...]

    var dataBytes: ArraySlice<UInt8> { self.data?.rawBytes ?? Self.null }

    func received<Payload: Sendable>(_ payload: Payload, wire: Wire, droppedCount: Int) -> Received<Payload> {
        Received(
            name: self.name, payload: payload, id: wire.id(of: self.frame), time: wire.time(of: self.frame),
            position: wire.position(of: self.frame), droppedCount: droppedCount)
    }
}
