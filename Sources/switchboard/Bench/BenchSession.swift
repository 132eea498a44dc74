// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import SwitchboardClient

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

/// One subscriber of a benchmark: a connection of its own, of which nothing is read but the mark.
final class BenchSession: LinkListener {
    private let subscribe: String
    private let tally: BenchTally
    private var link: (any Link)?

    private init(subscribe: String, tally: BenchTally) {
        self.subscribe = subscribe
        self.tally = tally
    }

    /// What speaks on a new connection.
    static func link(_ client: BenchClient, over port: any LinkPort, tally: BenchTally) -> any Link {
        let session = BenchSession(subscribe: client.subscribe, tally: tally)
        let link: any Link
        if let namespace = client.namespace {
            // The server ends what is silent; a timer for each of ten thousand would be the benchmark's own cost.
            link = SocketIOLink(port, namespace: namespace, auth: client.auth, listener: session, watches: false)
        } else {
            link = PlainLink(port, listener: session)
        }
        session.link = link
        return link
    }

    func linkOpened(_ opening: LinkOpening) {
        self.tally.sessions.append(self)
        self.say(self.subscribe)
    }

    func say(_ text: String) { self.link?.say(text, id: nil) }

    func linkReceived(_ text: UnsafeRawBufferPointer) {
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

    func linkAnswered(_ text: UnsafeRawBufferPointer, id: Int) {}

    func linkReceived(binaryByteCount: Int) {}

    func linkBroken(_ problem: String) { self.tally.lastWord = problem }

    func linkClosed(_ ending: LinkEnding) {
        self.tally.closed += 1
        self.link = nil
        if case .refused(let text) = ending { self.tally.lastWord = String(text.prefix(200)) }
    }
}
