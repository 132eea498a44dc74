// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Who wants which events, and who looks at frames, states and faults. Owned by the client's loop.
final class Consumers {
    private struct EventConsumer {
        let id: UInt64
        /// `nil`: every event.
        let name: String?
        let channel: String?
        let buffer: ConsumerBuffer<EventRecord>
    }

    private var byName: [String: [EventConsumer]] = [:]
    private var ofAll: [EventConsumer] = []
    private var frames: [UInt64: ConsumerBuffer<RawFrame>] = [:]
    private var states: [UInt64: ConsumerBuffer<ClientState>] = [:]
    private var faults: [UInt64: ConsumerBuffer<ClientFault>] = [:]

    var wantsEvents: Bool { !self.byName.isEmpty || !self.ofAll.isEmpty }
    var wantsFrames: Bool { !self.frames.isEmpty }

    /// Whether the connection has to wait for one of them.
    var isFull: Bool {
        self.ofAll.contains { $0.buffer.isFull } || self.frames.values.contains { $0.isFull }
            || self.byName.values.contains { $0.contains { $0.buffer.isFull } }
    }

    // MARK: - Coming and going

    func add(_ id: UInt64, name: String?, channel: String?, _ buffer: ConsumerBuffer<EventRecord>) {
        let consumer = EventConsumer(id: id, name: name, channel: channel, buffer: buffer)
        if let name { self.byName[name, default: []].append(consumer) } else { self.ofAll.append(consumer) }
    }

    func add(_ id: UInt64, frames buffer: ConsumerBuffer<RawFrame>) { self.frames[id] = buffer }

    func add(_ id: UInt64, states buffer: ConsumerBuffer<ClientState>) { self.states[id] = buffer }

    func add(_ id: UInt64, faults buffer: ConsumerBuffer<ClientFault>) { self.faults[id] = buffer }

    /// - Returns: the channel that a consumer of events leaves.
    func remove(_ id: UInt64) -> String? {
        self.frames[id] = nil
        self.states[id] = nil
        self.faults[id] = nil
        return self.remove { $0.id == id }.first?.channel
    }

    /// Those of a channel that the server gives no more end with the reason.
    func end(_ channel: String, _ fault: ClientFault) {
        for consumer in self.remove(where: { $0.channel == channel }) { consumer.buffer.finish(fault) }
    }

    /// All end.
    ///
    /// - Parameter fault: what those hear that wait for events.
    func endAll(_ fault: ClientFault?) {
        for consumer in self.remove(where: { _ in true }) { consumer.buffer.finish(fault) }
        for buffer in self.frames.values { buffer.finish() }
        for buffer in self.states.values { buffer.finish() }
        for buffer in self.faults.values { buffer.finish() }
        self.frames = [:]
        self.states = [:]
        self.faults = [:]
    }

    private func remove(where isGone: (EventConsumer) -> Bool) -> [EventConsumer] {
        var gone = self.ofAll.filter(isGone)
        if !gone.isEmpty { self.ofAll.removeAll(where: isGone) }
        for (name, consumers) in self.byName {
            let going = consumers.filter(isGone)
            guard !going.isEmpty else { continue }
            gone += going
            let rest = consumers.filter { !isGone($0) }
            self.byName[name] = rest.isEmpty ? nil : rest
        }
        return gone
    }

    // MARK: - What they get

    /// - Returns: whether the connection has to wait for one of them from now on.
    func take(_ record: EventRecord) -> Bool {
        var isFull = false
        for consumer in self.byName[record.name] ?? [] where consumer.buffer.push(record) { isFull = true }
        for consumer in self.ofAll where consumer.buffer.push(record) { isFull = true }
        return isFull
    }

    /// - Returns: whether the connection has to wait for one of them from now on.
    func take(_ frame: RawFrame) -> Bool {
        var isFull = false
        for buffer in self.frames.values where buffer.push(frame) { isFull = true }
        return isFull
    }

    func take(_ state: ClientState) {
        for buffer in self.states.values { buffer.push(state) }
    }

    func take(_ fault: ClientFault) {
        for buffer in self.faults.values { buffer.push(fault) }
    }
}
