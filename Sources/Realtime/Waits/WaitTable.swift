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
        var due: Timestamp
        /// Its event was handed over to be published.
        var isTaken = false
        var hasEnded = false
    }

    private let waits: Mutex<[WaitKey: Wait]>
    private let counts: [String: Int]

    init(_ state: EngineState, rules: [WaitRule]) {
        self.counts = Dictionary(rules.map { ($0.event, $0.count) }, uniquingKeysWith: { first, _ in first })
        var waits: [WaitKey: Wait] = [:]
        for kept in state.waits {
            waits[kept.key] = Wait(items: Set(kept.items), data: kept.data, due: kept.due, hasEnded: kept.hasEnded)
        }
        self.waits = Mutex(waits)
    }

    /// Takes over a change that was kept; changes of other kinds are ignored.
    func apply(_ change: StateChange) {
        self.waits.withLock { waits in
            switch change {
            case .addWaitItem(let key, let item, let data, let due):
                var wait = waits[key] ?? Wait(due: due)
                guard !wait.hasEnded else { return }
                wait.items.insert(item)
                wait.data = data
                waits[key] = wait
            case .endWait(let key, let forgetAt):
                waits[key] = Wait(due: forgetAt, hasEnded: true)
            default: break
            }
        }
    }

    /// The waits that are over by now, each handed out once; and those that are no longer needed are forgotten.
    func takeCompleted(at now: Timestamp) -> [Completion] {
        self.waits.withLock { waits in
            var completed: [Completion] = []
            for (key, wait) in waits where !wait.isTaken {
                if wait.hasEnded {
                    if wait.due <= now { waits[key] = nil }
                } else if wait.due <= now || wait.items.count >= (self.counts[key.event] ?? .max) {
                    waits[key]?.isTaken = true
                    completed.append(Completion(key: key, data: wait.data))
                }
            }
            return completed
        }
    }

    /// The same for one wait, without a look at the others.
    func takeCompleted(_ key: WaitKey) -> Completion? {
        self.waits.withLock { waits in
            guard let wait = waits[key], !wait.isTaken, !wait.hasEnded,
                wait.items.count >= (self.counts[key.event] ?? .max)
            else { return nil }
            waits[key]?.isTaken = true
            return Completion(key: key, data: wait.data)
        }
    }

    /// The event could not be published: it is handed out again.
    func giveBack(_ key: WaitKey) {
        self.waits.withLock { $0[key]?.isTaken = false }
    }
}
