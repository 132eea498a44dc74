// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Realtime
import SQLiteEngine

/// Holds an engine's writer inside the completion of one commit, so that what is committed meanwhile waits as one
/// group.
struct WriterGate {
    private let gate = DispatchSemaphore(value: 0)

    /// Returns when the writer is held. Blocks the thread: its users are plain functions.
    init(holding engine: SQLiteEngine) {
        let held = DispatchSemaphore(value: 0)
        engine.commit(Commit()) { [gate] _ in
            held.signal()
            gate.wait()
        }
        held.wait()
    }

    func open() { self.gate.signal() }
}
