// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What keeps the keys of platforms fresh, one task for each platform that has keys. Safe from any thread.
final class KeyTasks: Sendable {
    private struct State {
        var tasks: [String: Task<Void, Never>] = [:]
        var hasEnded = false
    }

    private let state = Mutex(State())

    /// Cancels the task that a platform had; `nil`: it needs none any more. After the end every task is cancelled at once.
    func replace(_ task: Task<Void, Never>?, of platform: String) {
        let old = self.state.withLock { state -> Task<Void, Never>? in
            if state.hasEnded { return task }
            defer { state.tasks[platform] = task }
            return state.tasks[platform]
        }
        old?.cancel()
    }

    func end() {
        let tasks = self.state.withLock { state in
            state.hasEnded = true
            defer { state.tasks = [:] }
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
    }
}
