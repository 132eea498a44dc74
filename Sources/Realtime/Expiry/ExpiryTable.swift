// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What will end by itself, unless something takes its place before. In memory: a server that starts again has forgotten it, as
/// its clients have. Threads: any.
final class ExpiryTable: Sendable {
    struct Key: Hashable, Sendable {
        var event: String
        var key: String
    }

    /// So many at once; what comes beyond does not end by itself.
    static let maximumCount = 100_000

    private struct State {
        var numbers: [Key: UInt64] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    var count: Int { self.state.withLock(\.numbers.count) }

    /// Takes the place of what was under way for the key.
    ///
    /// - Returns: the number to end it with; `nil` when there is no room.
    func begin(_ key: Key) -> UInt64? {
        self.state.withLock { state in
            guard state.numbers[key] != nil || state.numbers.count < Self.maximumCount else { return nil }
            state.next += 1
            state.numbers[key] = state.next
            return state.next
        }
    }

    /// - Returns: whether it was still under way, and nothing had taken its place.
    func end(_ key: Key, _ number: UInt64) -> Bool {
        self.state.withLock { state in
            guard state.numbers[key] == number else { return false }
            state.numbers[key] = nil
            return true
        }
    }

    /// Somebody else has ended it.
    func cancel(_ key: Key) { self.state.withLock { $0.numbers[key] = nil } }
}
