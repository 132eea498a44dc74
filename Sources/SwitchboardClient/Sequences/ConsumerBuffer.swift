// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// What waits for one loop over a sequence. Filled by the client's event loop, emptied by one task at a time.
///
/// Order: first in, first out. It ends once; what waits then is still handed out, unless the consumer itself ended it.
final class ConsumerBuffer<Element: Sendable>: Sendable {
    enum Outcome: Sendable {
        /// - Parameter droppedCount: of those between the last element and this one.
        case element(Element, droppedCount: Int)
        case ended(ClientFault?)
    }

    private struct State {
        var elements = CircularBuffer<Element>()
        var droppedCount = 0
        var isFull = false
        var hasEnded = false
        var fault: ClientFault?
        var waiter: CheckedContinuation<Outcome, Never>?
    }

    private let buffering: EventBuffering
    private let state = Mutex(State())
    /// Called when the consumer has ended the sequence, and when a full buffer is half empty again. Never under the lock.
    private let onCancel: @Sendable () -> Void
    private let onDrained: @Sendable () -> Void

    init(
        _ buffering: EventBuffering, onCancel: @escaping @Sendable () -> Void = {},
        onDrained: @escaping @Sendable () -> Void = {}
    ) {
        self.buffering = buffering
        self.onCancel = onCancel
        self.onDrained = onDrained
    }

    /// Whether the connection has to wait for this consumer.
    var isFull: Bool { self.state.withLock { $0.isFull } }

    /// - Returns: whether the connection has to wait for this consumer from now on.
    @discardableResult
    func push(_ element: Element) -> Bool {
        let (waiter, isFull) = self.state.withLock { state -> (CheckedContinuation<Outcome, Never>?, Bool) in
            guard !state.hasEnded else { return (nil, false) }
            if let waiter = state.waiter.take() { return (waiter, false) }
            if self.buffering.dropsOldest, state.elements.count >= self.buffering.limit {
                state.elements.removeFirst()
                state.droppedCount += 1
            }
            state.elements.append(element)
            if !self.buffering.dropsOldest, state.elements.count >= self.buffering.limit { state.isFull = true }
            return (nil, state.isFull)
        }
        waiter?.resume(returning: .element(element, droppedCount: 0))
        return isFull
    }

    /// Nothing more comes.
    ///
    /// - Parameter fault: why, when that is not what was asked for.
    func finish(_ fault: ClientFault? = nil) {
        let waiter = self.state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            state.fault = fault
            state.isFull = false
            return state.waiter.take()
        }
        waiter?.resume(returning: .ended(fault))
    }

    /// The consumer wants no more.
    func cancel() {
        let (waiter, isNew) = self.state.withLock { state -> (CheckedContinuation<Outcome, Never>?, Bool) in
            let isNew = !state.hasEnded
            state.hasEnded = true
            state.fault = nil
            state.isFull = false
            state.elements.removeAll()
            return (state.waiter.take(), isNew)
        }
        waiter?.resume(returning: .ended(nil))
        if isNew { self.onCancel() }
    }

    /// The next element, or that there is none. A cancelled task ends the sequence.
    func next() async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (outcome, isDrained) = self.state.withLock { state -> (Outcome?, Bool) in
                    if let element = state.elements.popFirst() {
                        let droppedCount = state.droppedCount
                        state.droppedCount = 0
                        let isDrained = state.isFull && state.elements.count <= self.buffering.limit / 2
                        if isDrained { state.isFull = false }
                        return (.element(element, droppedCount: droppedCount), isDrained)
                    }
                    // A sequence has one loop: a second one that waits as well gets nothing.
                    guard !state.hasEnded, state.waiter == nil else { return (.ended(state.fault), false) }
                    state.waiter = continuation
                    return (nil, false)
                }
                if let outcome { continuation.resume(returning: outcome) }
                if isDrained { self.onDrained() }
            }
        } onCancel: {
            self.cancel()
        }
    }
}

/// Ends the sequence of a consumer that has gone, and keeps its client while it has not.
final class ConsumerHold: Sendable {
    private let client: EventClient
    private let cancel: @Sendable () -> Void

    init(_ client: EventClient, cancel: @escaping @Sendable () -> Void) {
        self.client = client
        self.cancel = cancel
    }

    deinit { self.cancel() }
}
