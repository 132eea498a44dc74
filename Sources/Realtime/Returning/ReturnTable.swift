// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The connections whose clients may return: those that are open, and those that have ended lately. Threads: any.
///
/// A secret holds once: of two clients that bring it one gets the state. What has ended takes a bounded amount of memory, past which
/// the oldest is forgotten.
package final class ReturnTable: Sendable {
    /// Ends an open connection, on its loop, and hands over what it had; `nil`: it had ended already, and its state is in the table.
    package typealias Displacement = @Sendable (_ completion: @escaping @Sendable (ReturnState?) -> Void) -> Void

    private struct Ended {
        var state: ReturnState
        var expiresAt: Timestamp
        var byteCount: Int
        /// Tells it from an earlier one of the same key, whose place in the queue remains.
        var number: UInt64
    }

    private struct State {
        var open: [String: Displacement] = [:]
        var ended: [String: Ended] = [:]
        /// In the order in which they ended.
        var queue: ArraySlice<(key: String, number: UInt64)> = []
        var byteCount = 0
        var count: UInt64 = 0

        mutating func add(_ key: String, _ state: ReturnState, expiresAt: Timestamp) {
            self.remove(key)
            self.count += 1
            let byteCount = 256 + state.channels.reduce(0) { $0 + 32 + $1.rawValue.utf8.count }
            self.ended[key] = Ended(state: state, expiresAt: expiresAt, byteCount: byteCount, number: self.count)
            self.queue.append((key, self.count))
            self.byteCount += byteCount
        }

        @discardableResult
        mutating func remove(_ key: String) -> Ended? {
            guard let ended = self.ended.removeValue(forKey: key) else { return nil }
            self.byteCount -= ended.byteCount
            return ended
        }

        mutating func forget(at now: Timestamp, over limit: Int) {
            while let (key, number) = self.queue.first {
                if let ended = self.ended[key], ended.number == number {
                    guard ended.expiresAt <= now || self.byteCount > limit else { break }
                    self.remove(key)
                }
                self.queue.removeFirst()
            }
            // A slice keeps the memory of what it no longer shows.
            if self.queue.startIndex > self.queue.count + 64 { self.queue = ArraySlice(Array(self.queue)) }
        }
    }

    private let maximumByteCount: Int
    private let state: Mutex<State>

    init(_ state: EngineState = EngineState(), maximumByteCount: Int = 64 * 1024 * 1024) {
        self.maximumByteCount = maximumByteCount
        var known = State()
        for credential in state.credentials.filter({ $0.kind == .connection })
            .sorted(by: { $0.expiresAt < $1.expiresAt })
        {
            guard let state = ReturnState(credential) else { continue }
            known.add(credential.key, state, expiresAt: credential.expiresAt)
        }
        self.state = Mutex(known)
    }

    func opened(_ key: String, _ displacement: @escaping Displacement) {
        self.state.withLock { $0.open[key] = displacement }
    }

    /// - Parameter state: `nil`: its client may not return.
    func ended(_ key: String, _ state: ReturnState?, expiresAt: Timestamp, now: Timestamp) {
        self.state.withLock { table in
            table.open[key] = nil
            if let state { table.add(key, state, expiresAt: expiresAt) }
            table.forget(at: now, over: self.maximumByteCount)
        }
    }

    enum Taken {
        case nothing
        case ended(ReturnState)
        case open(Displacement)
    }

    func take(_ key: String, now: Timestamp) -> Taken {
        self.state.withLock { table in
            if let displacement = table.open.removeValue(forKey: key) { return .open(displacement) }
            guard let ended = table.remove(key), now < ended.expiresAt else { return .nothing }
            return .ended(ended.state)
        }
    }

    /// Of connections that have ended.
    package var count: Int { self.state.withLock { $0.ended.count } }
}
