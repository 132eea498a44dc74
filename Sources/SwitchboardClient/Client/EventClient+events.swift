// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

extension EventClient {
    /// Events of one type, as values.
    ///
    /// The client is subscribed to the channel for as long as a sequence names it, and again after each loss of the connection. A payload that
    /// does not fit the type is told in `faults`, and the sequence goes on.
    /// - Parameters:
    ///   - channel: to subscribe to; `nil`: what comes anyway. Frames do not name their channel: what the type's event brings on another
    ///     channel of this client comes as well.
    ///   - buffering: what becomes of events that are not taken in time.
    public func events<Event: ServerEvent>(
        _ type: Event.Type, on channel: String? = nil, buffering: EventBuffering = .newest(1000)
    ) -> EventSequence<Received<Event>> {
        let (wire, core) = (self.wire, self.core)
        return self.sequence(name: type.eventName, channel: channel, buffering) { record, droppedCount in
            do {
                let payload = try PayloadCoding.decode(type, from: record.dataBytes)
                return record.received(payload, wire: wire, droppedCount: droppedCount)
            } catch {
                let words = "a payload of \(record.name) does not fit \(type): \(PayloadCoding.reason(of: error))"
                let fault = ClientFault(.payload, words, channel: channel, underlying: error)
                core.eventLoop.execute { core.value.consumers.take(fault) }
                return nil
            }
        }
    }

    /// Events of any name, with their payloads as JSON.
    ///
    /// - Parameters:
    ///   - name: only of this one; `nil`: all.
    ///   - channel: to subscribe to, as of typed events.
    public func events(
        named name: String? = nil, on channel: String? = nil, buffering: EventBuffering = .newest(1000)
    ) -> EventSequence<Received<JSONText>> {
        let wire = self.wire
        return self.sequence(name: name, channel: channel, buffering) { record, droppedCount in
            record.received(JSONText(record.dataBytes), wire: wire, droppedCount: droppedCount)
        }
    }

    private func sequence<Element: Sendable>(
        name: String?, channel: String?, _ buffering: EventBuffering,
        read: @escaping @Sendable (EventRecord, Int) -> Element?
    ) -> EventSequence<Element> {
        let id = self.nextID()
        let buffer: ConsumerBuffer<EventRecord> = self.buffer(id, buffering)
        self.onLoop { $0.add(id, name: name, channel: channel, buffer) }
        return EventSequence(buffer, hold: ConsumerHold(self) { buffer.cancel() }, read: read)
    }

    private func buffer<Element: Sendable>(_ id: UInt64, _ buffering: EventBuffering) -> ConsumerBuffer<Element> {
        let core = self.core
        return ConsumerBuffer(
            buffering, onCancel: { core.eventLoop.execute { core.value.remove(id) } },
            onDrained: { core.eventLoop.execute { core.value.goOn() } })
    }

    // MARK: - What the client tells of itself

    /// The client's state now, and each that follows.
    public var states: NoticeSequence<ClientState> {
        self.notices(.newest(1000)) { $0.add($1, states: $2) }
    }

    /// What goes wrong without ending anything: frames that are none, payloads that do not fit, refusals.
    public var faults: NoticeSequence<ClientFault> {
        self.notices(.newest(1000)) { $0.add($1, faults: $2) }
    }

    /// Every frame of every connection, both ways, as it is on the wire.
    public var rawFrames: NoticeSequence<RawFrame> { self.rawFrames() }

    /// Every frame of every connection, both ways, as it is on the wire.
    public func rawFrames(buffering: EventBuffering = .newest(1000)) -> NoticeSequence<RawFrame> {
        self.notices(buffering) { $0.add($1, frames: $2) }
    }

    private func notices<Element: Sendable>(
        _ buffering: EventBuffering,
        _ add: @escaping @Sendable (ClientCore, UInt64, ConsumerBuffer<Element>) -> Void
    ) -> NoticeSequence<Element> {
        let id = self.nextID()
        let buffer: ConsumerBuffer<Element> = self.buffer(id, buffering)
        self.onLoop { add($0, id, buffer) }
        return NoticeSequence(buffer, hold: ConsumerHold(self) { buffer.cancel() })
    }
}
