// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A loop over a sequence in a task of its own, with what it has had so far.
final class Recorder<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var hasEnded = false
        var error: (any Error)?
    }

    private let state: Mutex<State>
    private let task: Mutex<Task<Void, Never>?>

    init<Elements: AsyncSequence & Sendable>(_ sequence: Elements) where Elements.Element == Element {
        self.state = Mutex(State())
        self.task = Mutex(nil)
        let task = Task {
            do {
                for try await element in sequence { self.state.withLock { $0.elements.append(element) } }
                self.state.withLock { $0.hasEnded = true }
            } catch {
                self.state.withLock {
                    $0.hasEnded = true
                    $0.error = error
                }
            }
        }
        self.task.withLock { $0 = task }
    }

    var elements: [Element] { self.state.withLock { $0.elements } }
    var hasEnded: Bool { self.state.withLock { $0.hasEnded } }
    var error: (any Error)? { self.state.withLock { $0.error } }

    func cancel() { self.task.withLock { $0?.cancel() } }

    /// All elements, once there are so many.
    @discardableResult
    func wait(for count: Int) async throws -> [Element] {
        try await eventually("\(count) elements, there are \(self.elements.count)") { self.elements.count >= count }
        return self.elements
    }

    /// All elements, once there is one like this.
    @discardableResult
    func wait(until condition: (Element) -> Bool) async throws -> [Element] {
        try await eventually("an element that fits, of \(self.elements.count)") {
            self.elements.contains(where: condition)
        }
        return self.elements
    }

    /// All elements, when the sequence has ended.
    @discardableResult
    func end() async throws -> [Element] {
        try await eventually("the end of the sequence") { self.hasEnded }
        return self.elements
    }
}
