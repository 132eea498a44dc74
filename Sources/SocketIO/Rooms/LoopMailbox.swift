// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// The way from any thread to one event loop's sockets: what is put in is done there, in order.
///
/// Everything that the public API does to sockets goes this way, on their own loop too, so that a join, a broadcast and an event that one
/// task does one after the other happen one after the other. On the loop they happen before the call returns, unless they are called by
/// something that came this way itself; then right behind it.
final class LoopMailbox: Sendable {
    typealias Job = @Sendable (LoopHub) -> Void

    let eventLoop: any EventLoop
    private let hub: NIOLoopBoundBox<LoopHub>
    private let state = Mutex(State())

    private struct State {
        var jobs: [Job] = []
        /// A drain is coming.
        var isAwake = false
    }

    /// Made on the loop.
    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.hub = NIOLoopBoundBox(LoopHub(), eventLoop: eventLoop)
    }

    /// Does it on the loop, behind what was put in before.
    func perform(_ job: @escaping Job) {
        self.append(job)
        self.drainIfHere()
    }

    /// Puts it in. On the loop itself, `drainIfHere` has to follow.
    func append(_ job: @escaping Job) {
        let isHere = self.eventLoop.inEventLoop
        let wakes = self.state.withLock { state in
            state.jobs.append(job)
            guard !isHere, !state.isAwake else { return false }
            state.isAwake = true
            return true
        }
        if wakes { self.eventLoop.execute { self.drainIfHere() } }
    }

    /// Does what was put in, on the loop; elsewhere nothing.
    func drainIfHere() {
        guard self.eventLoop.inEventLoop else { return }
        let hub = self.hub.value
        guard !hub.isDraining else { return }
        hub.isDraining = true
        while true {
            let jobs = self.state.withLock { state in
                defer { state.jobs = [] }
                if state.jobs.isEmpty { state.isAwake = false }
                return state.jobs
            }
            if jobs.isEmpty { break }
            for job in jobs { job(hub) }
        }
        hub.isDraining = false
    }
}
