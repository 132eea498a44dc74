// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Events that are held back until others have come or a time is over. What is in here is kept by the engine as well.
final class WaitTable: Sendable {
    /// A wait that is over: its event is to be published.
    struct Completion: Sendable {
        var key: WaitKey
        /// The payload of the last event counted.
        var data: [UInt8]
    }

    private struct Wait {
        var items: Set<String> = []
        var data: [UInt8] = []
        /// The end of the wait; of one that has ended, when it may be forgotten.
        var due: Timestamp
        /// Its event was handed over to be published.
        var isTaken = false
        /// It was handed over and given back.
        var isDelayed = false
        var hasEnded = false
    }

    private struct State {
        var waits: [WaitKey: Wait] = [:]
        var wheel: DeadlineWheel<WaitKey>
        /// By event, how many items complete its waits.
        var counts: [String: Int]

        func isComplete(_ wait: Wait, _ key: WaitKey) -> Bool {
            wait.items.count >= self.counts[key.event] ?? .max
        }

        mutating func take(_ key: WaitKey) -> Completion {
            self.waits[key]?.isTaken = true
            return Completion(key: key, data: self.waits[key]?.data ?? [])
        }
    }

    private let state: Mutex<State>

    init(_ kept: EngineState, rules: [WaitRule], now: Timestamp) {
        let counts = Dictionary(rules.map { ($0.event, $0.count) }, uniquingKeysWith: { first, _ in first })
        // A second earlier, so that the first look finds what ended while the server was down.
        var state = State(wheel: DeadlineWheel(now: now.milliseconds - 1000), counts: counts)
        for kept in kept.waits {
            let wait = Wait(items: Set(kept.items), data: kept.data, due: kept.due, hasEnded: kept.hasEnded)
            state.waits[kept.key] = wait
            let isComplete = !wait.hasEnded && wait.items.count >= counts[kept.key.event] ?? .max
            state.wheel.add(kept.key, at: isComplete ? now.milliseconds - 1000 : wait.due.milliseconds)
        }
        self.state = Mutex(state)
    }

    /// Waits for what other rules say from now on. Waits that are complete by them end with the next look.
    func adopt(_ rules: [WaitRule], now: Timestamp) {
        let counts = Dictionary(rules.map { ($0.event, $0.count) }, uniquingKeysWith: { first, _ in first })
        self.state.withLock { state in
            state.counts = counts
            for (key, wait) in state.waits where !wait.hasEnded && !wait.isTaken && state.isComplete(wait, key) {
                state.wheel.add(key, at: now.milliseconds)
            }
        }
    }

    /// Takes over a change that was kept; changes of other kinds are ignored.
    func apply(_ change: StateChange) {
        self.state.withLock { state in
            switch change {
            case .addWaitItem(let key, let item, let data, let due):
                if state.waits[key] == nil { state.wheel.add(key, at: due.milliseconds) }
                var wait = state.waits[key] ?? Wait(due: due)
                guard !wait.hasEnded else { return }
                wait.items.insert(item)
                wait.data = data
                state.waits[key] = wait
            case .endWait(let key, let forgetAt):
                state.waits[key] = Wait(due: forgetAt, hasEnded: true)
                state.wheel.add(key, at: forgetAt.milliseconds)
            default: break
            }
        }
    }

    /// The waits that came to their end since the last call, each handed out once. Forgets those that are no longer needed.
    func takeCompleted(at now: Timestamp) -> [Completion] {
        self.state.withLock { state in
            state.wheel.advance(to: now.milliseconds).compactMap { key in
                guard let wait = state.waits[key], !wait.isTaken else { return nil }
                let isOver = wait.due <= now
                guard !wait.hasEnded else {
                    if isOver { state.waits[key] = nil }
                    return nil
                }
                return isOver || state.isComplete(wait, key) ? state.take(key) : nil
            }
        }
    }

    /// This wait, if everything that it waits for has come.
    func takeCompleted(_ key: WaitKey) -> Completion? {
        self.state.withLock { state in
            guard let wait = state.waits[key], !wait.isTaken, !wait.hasEnded, state.isComplete(wait, key) else {
                return nil
            }
            return state.take(key)
        }
    }

    /// The event could not be published: it is handed out again a second later.
    ///
    /// - Returns: whether this is the first time for this wait.
    func giveBack(_ key: WaitKey, at now: Timestamp) -> Bool {
        self.state.withLock { state in
            let isFirst = state.waits[key]?.isDelayed == false
            state.waits[key]?.isTaken = false
            state.waits[key]?.isDelayed = true
            state.wheel.add(key, at: now.milliseconds)
            return isFirst
        }
    }
}
