// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands commits to the engine one at a time, in the order in which they were made.
///
/// What a commit holds depends on its place: the time and offset of a publication, the record that a patch is laid over. Making
/// it and standing in line is therefore one step. The engine is called outside the lock, as its answers may come at once and
/// ask for the next commit.
final class CommitLine: Sendable {
    struct Entry: Sendable {
        var commit: Commit
        var completion: @Sendable (Result<CommitOutcome, RequestError>) -> Void
    }

    private struct State {
        var waiting: [Entry] = []
        /// Some thread is handing over, and will take what is added meanwhile.
        var isHandingOver = false

        mutating func takeAll() -> [Entry] {
            let taken = self.waiting
            self.waiting = []
            self.isHandingOver = !taken.isEmpty
            return taken
        }
    }

    private let engine: any Engine
    private let state = Mutex(State())

    init(_ engine: any Engine) { self.engine = engine }

    /// - Parameter make: runs under the line's lock and does nothing but make the entry.
    func enter(_ make: () -> Entry) {
        let isFirst = self.state.withLock { state in
            state.waiting.append(make())
            defer { state.isHandingOver = true }
            return !state.isHandingOver
        }
        guard isFirst else { return }
        while true {
            let entries = self.state.withLock { $0.takeAll() }
            if entries.isEmpty { return }
            for entry in entries { self.engine.commit(entry.commit, completion: entry.completion) }
        }
    }
}
