// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// What came, in order, for a test that waits for it.
final class Inbox<Element: Sendable>: Sendable {
    struct NothingCame: Error {}

    private struct State {
        var elements: [Element] = []
        var waiter: CheckedContinuation<Element?, Never>?
    }

    private let state = Mutex(State())

    func put(_ element: Element) {
        let waiter = self.state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.elements.append(element) }
            return state.waiter
        }
        waiter?.resume(returning: element)
    }

    /// The next one. Throws after a time in which even a loaded machine would have brought it.
    func next(on eventLoop: any EventLoop) async throws -> Element {
        let deadline = eventLoop.scheduleTask(in: .seconds(120)) { self.giveUp() }
        defer { deadline.cancel() }
        let element = await withCheckedContinuation { continuation in
            let element = self.state.withLock { state in
                guard state.elements.isEmpty else { return Optional(state.elements.removeFirst()) }
                state.waiter = continuation
                return nil
            }
            if let element { continuation.resume(returning: element) }
        }
        guard let element else { throw NothingCame() }
        return element
    }

    private func giveUp() {
        let waiter = self.state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }
}
