// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import Dispatch

/// What all connections of a benchmark have received. Owned by the benchmark's one loop.
final class BenchTally {
    var latencies = LatencyRecord()
    /// Marked messages received, those of the warm-up included.
    var received: UInt64 = 0
    var closed = 0
    var sessions: [BenchSession] = []
    /// What a connection was told last before publications came: why it is not subscribed, if it is not.
    var lastWord: String?
    /// Publications due before this many nanoseconds are the warm-up's.
    var countsFrom: UInt64 = .max
    /// Called after a marked message, once so many have been received.
    var onReceived: () -> Void = {}
    var callsFrom: UInt64 = .max
}

/// One subscriber of a benchmark.
final class BenchSession: ConnectionSession {
    private let port: any ClientPort
    private let subscribe: String
    private let tally: BenchTally

    init(port: any ClientPort, subscribe: String, tally: BenchTally) {
        self.port = port
        self.subscribe = subscribe
        self.tally = tally
    }

    func opened() {
        self.tally.sessions.append(self)
        self.port.send(self.subscribe)
    }

    func say(_ text: String) { self.port.send(text) }

    func received(text: UnsafeRawBufferPointer) {
        guard let mark = BenchMark.find(in: text) else {
            // Of many, what matters is what was wrong first.
            if self.tally.received == 0 || self.tally.lastWord == nil {
                self.tally.lastWord = String(decoding: text.prefix(200), as: UTF8.self)
            }
            return
        }
        self.tally.received += 1
        if self.tally.received >= self.tally.callsFrom { self.tally.onReceived() }
        guard mark.dueAt >= self.tally.countsFrom else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        self.tally.latencies.record(nanoseconds: now > mark.dueAt ? now - mark.dueAt : 0)
    }

    func received(binary: UnsafeRawBufferPointer) {}

    func closed() { self.tally.closed += 1 }
}
