// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

extension Platform {
    /// Sends an event to one connection, whatever it is subscribed to, with the platform's words for a publication. Nothing is
    /// kept, and nothing else follows from it.
    ///
    /// - Parameter request: its event and data; data of a declared event must be as the contract says. Other events are sent on
    ///   platforms that have channels which take them.
    /// - Returns: the event's id and time, on `eventLoop`; `nil` when there is no such connection.
    package func send(
        _ request: PublishRequest,
        toConnection number: UInt64,
        gatheredOn eventLoop: any EventLoop
    ) throws(RequestError) -> EventLoopFuture<(id: String, time: Timestamp)?> {
        let event = self.definition.events[request.event]
        guard event != nil || self.definition.channels.contains(where: { $0.accepts(undeclared: request.event) }) else {
            throw self.definition.unknownEvent(request.event)
        }
        try self.check(request, of: event)
        let data = MarkupFilter.filter(request.data, event?.markup ?? self.definition.markup)
        let stamp = self.nextStamp()
        return self.onEveryLoop(gatheredOn: eventLoop) { hub in
            guard let session = hub.session(number) else { return false }
            session.send(
                TemplateScope.Publication(event: request.event, data: data, id: stamp.id, time: stamp.time))
            return true
        }.map { $0.contains(true) ? (stamp.id, stamp.time) : nil }
    }
}
