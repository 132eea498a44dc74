// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Transport

/// What the sessions of one endpoint on one event loop share: their timers, the flush at the end of a turn, the ways to other loops.
/// Owned by the loop.
final class EngineLoop {
    let eventLoop: any EventLoop
    let core: EngineCore
    private var numbers = ConnectionNumbers()
    private var deadlines = DeadlineHeap()
    /// When the next look at the deadlines is scheduled.
    private var wakeUp: NIODeadline?
    private var flushing: [EngineSession] = []
    private var bridges: [LoopBridge] = []

    init(eventLoop: any EventLoop, core: EngineCore) {
        self.eventLoop = eventLoop
        self.core = core
    }

    var now: NIODeadline { self.eventLoop.now }

    func makeNumber() -> UInt64 { self.numbers.next() }

    // MARK: - Deadlines

    /// Calls `session.deadlinePassed` at its deadline, to the millisecond.
    func watch(_ session: EngineSession) {
        self.deadlines.update(session)
        self.scheduleWakeUp()
    }

    func forget(_ session: EngineSession) { self.deadlines.remove(session) }

    /// One timer for all sessions: a new deadline is hardly ever the earliest.
    private func scheduleWakeUp() {
        guard let first = self.deadlines.first else { return }
        if let wakeUp = self.wakeUp, wakeUp <= first.deadline { return }
        self.wakeUp = first.deadline
        self.eventLoop.assumeIsolated().scheduleTask(deadline: first.deadline) { self.wokeUp() }
    }

    private func wokeUp() {
        let now = self.now
        if let wakeUp = self.wakeUp, wakeUp <= now { self.wakeUp = nil }
        while let first = self.deadlines.first, first.deadline <= now {
            self.deadlines.remove(first)
            first.deadlinePassed(at: now)
        }
        self.scheduleWakeUp()
    }

    // MARK: - The end of a turn

    /// Answers the GET of `session` when whoever runs now has sent everything.
    func flushSoon(_ session: EngineSession) {
        if self.flushing.isEmpty { self.eventLoop.assumeIsolated().execute { self.flush() } }
        self.flushing.append(session)
    }

    private func flush() {
        let sessions = self.flushing
        self.flushing = []
        for session in sessions { session.flush() }
    }

    // MARK: - Other loops

    /// The way to another loop.
    func bridge(to other: any EventLoop) -> LoopBridge {
        if let bridge = self.bridges.first(where: { $0.destination === other }) { return bridge }
        let bridge = LoopBridge(from: self.eventLoop, to: other)
        self.bridges.append(bridge)
        return bridge
    }
}

@available(*, unavailable)
extension EngineLoop: Sendable {}
